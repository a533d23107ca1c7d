import { type Abortable, type Clock, sleep, systemClock } from '../base/index.ts'
import type { Bandwidth } from './throttle.ts'

/** Of a second's bytes, what may go at once after a rest: the depth of the bucket. */
const DEPTH = 0.005
/** Of a second's bytes, what is taken at once at most, so that no second holds much more than its share. */
const PORTION = 0.01
/** How much faster it fills while it makes up for what a busy process left unused. With depth and portion below 105 %. */
const MAKE_UP = 1.015
/** Of a second's bytes, what can be made up for later. More is lost, as nobody waited for it. */
const MOST_OWED = 1

/**
 * One bandwidth for all who share it (CC-17): while data waits, no second holds more than 105 % of the limit, and a minute
 * holds at least 95 %. The limit may be changed at any time; what waits goes by the new one at once.
 */
export class TokenBucket {
  readonly #bandwidth: Bandwidth
  readonly #clock: Clock
  /** Bytes that may go now; below zero while what was taken is not yet through. */
  #tokens = 0
  /** Bytes that could have gone while somebody waited and the process was busy elsewhere. */
  #owed = 0
  #filled: number
  #rate: number | undefined
  #line: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(bandwidth: Bandwidth, clock: Clock = systemClock) {
    this.#bandwidth = bandwidth
    this.#clock = clock
    this.#filled = clock.monotonic()
  }

  /** How many bytes to take at once. */
  get portion(): number {
    const { bytesPerSecond } = this.#bandwidth
    return bytesPerSecond === undefined ? 65_536 : Math.min(65_536, Math.max(512, Math.floor(bytesPerSecond * PORTION)))
  }

  /** Resolves when so many bytes may go, to each in turn. An aborted signal fails with its reason. */
  async take(bytes: number, options: Abortable = {}): Promise<void> {
    this.#waiting += 1
    const turn = this.#line.then(() => this.#wait(bytes, options))
    // Whoever gives up does not keep the next one waiting.
    this.#line = turn.catch(() => undefined)
    try {
      await turn
    } finally {
      this.#waiting -= 1
    }
  }

  async #wait(bytes: number, options: Abortable): Promise<void> {
    options.signal?.throwIfAborted()
    for (let rate = this.#fill(); rate !== undefined && this.#tokens <= 0; rate = this.#fill()) {
      const missing = ((1 - this.#tokens) / rate) * 1000
      // A new limit is seen soon, whatever the old one would have had them wait.
      await sleep(Math.min(50, Math.max(1, missing)), options)
    }
    this.#tokens -= bytes
  }

  /** Fills it up to now. Returns the limit of now. */
  #fill(): number | undefined {
    const { bytesPerSecond: rate } = this.#bandwidth
    const now = this.#clock.monotonic()
    const seconds = (now - this.#filled) / 1000
    this.#filled = now
    if (rate !== this.#rate) {
      this.#rate = rate
      this.#tokens = Math.min(this.#tokens, 0)
      this.#owed = 0
    }
    if (rate === undefined) {
      this.#tokens = 0
      return undefined
    }
    const madeUp = Math.min(this.#owed, seconds * rate * (MAKE_UP - 1))
    const tokens = this.#tokens + seconds * rate + madeUp
    const spilt = Math.max(0, tokens - rate * DEPTH)
    this.#tokens = tokens - spilt
    const isWaitedFor = this.#waiting > 1 || this.#tokens < rate * DEPTH
    this.#owed = Math.min(rate * MOST_OWED, this.#owed - madeUp + (isWaitedFor ? spilt : 0))
    return rate
  }
}
