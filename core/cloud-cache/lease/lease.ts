import { type Abortable, type Chance, type Clock, systemChance, systemClock } from '../../base/index.ts'
import type { NoteVersion, SharedNote } from '../../storage/index.ts'
import type { Journal } from '../journal/journal.ts'
import { isCopy, ownedBy, outrun, unreadable } from './not-owner.ts'
import { type Appliance, type Owner, readOwner, writeOwner } from './owner-note.ts'

export interface LeaseOptions {
  readonly note: SharedNote
  readonly journal: Journal
  readonly appliance: Appliance
  readonly clock?: Clock | undefined
  readonly chance?: Chance | undefined
}

export interface ClaimOptions extends Abortable {
  /** Somebody has said that whoever owns it now does so no longer. */
  readonly takeOver?: boolean | undefined
}

/** So long a look holds. Milliseconds. */
const LOOK_HOLDS = 60_000
/** So often the note is written anew, by which others see that there is an owner. Milliseconds. */
const RENEW_EVERY = 60 * 60 * 1000
/** An owner of whom nobody has heard for so long has lost it to whoever claims it. Milliseconds. */
export const LAPSES_AFTER = 48 * 60 * 60 * 1000
/** How often it is tried where others write at the same moment. */
const TRIES = 5

/**
 * The ownership of a vault's cloud (design decision 4): of all caches only that of the owner sends to it and deletes there. A
 * note in the cloud says who it is; each time it is written it has a new mark, which the journal has kept before. So a copy of
 * this appliance, or this one set back to an earlier state, finds a mark that it does not know, and is none.
 */
export class Lease {
  readonly #options: LeaseOptions
  readonly #clock: Clock
  #seen: number | undefined
  #looking: Promise<void> | undefined

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /**
   * Becomes the owner: where there is none, where it was the last one, where the last one let go or has lapsed; and whoever it
   * was, where somebody says so.
   *
   * @throws CoreError `cache/not-owner` where another one is.
   */
  async claim({ takeOver = false, signal }: ClaimOptions = {}): Promise<void> {
    await this.#attempt(signal, (owner, isThere) => {
      if (isThere && owner === undefined && !takeOver) throw unreadable(this.#options.note.location)
      const isOwn = owner !== undefined && this.#isOwn(owner)
      if (owner && !isOwn && !takeOver && !this.#mayClaim(owner)) throw this.#refusal(owner)
      return isOwn ? owner.fence : (owner?.fence ?? 0) + 1
    })
  }

  /**
   * Sees that it is the owner still; a look a minute is enough, and one for many who ask at once.
   *
   * @throws CoreError `cache/not-owner` where it is not.
   */
  async hold({ signal }: Abortable = {}): Promise<void> {
    if (this.#seen !== undefined && this.#clock.monotonic() - this.#seen < LOOK_HOLDS) return
    this.#looking ??= this.look({ signal }).finally(() => (this.#looking = undefined))
    await this.#looking
  }

  /** As `hold`, and looks now. */
  async look({ signal }: Abortable = {}): Promise<void> {
    await this.#attempt(signal, (owner, isThere) => {
      if (!isThere) return 1
      if (owner === undefined) throw unreadable(this.#options.note.location)
      if (!this.#isOwn(owner)) throw this.#refusal(owner)
      const age = this.#clock.now() - owner.renewed
      return owner.isFree || age < 0 || age > RENEW_EVERY ? owner.fence : 'as it is'
    })
  }

  /** Lets go: whoever comes next need not wait. Nothing is done where it is not the owner. */
  async release({ signal }: Abortable = {}): Promise<void> {
    const before = await this.#options.note.read({ signal })
    const owner = before && readOwner(before.body)
    if (!owner || !this.#isOwn(owner)) return
    await this.#write(before, owner.fence, { isFree: true, signal })
    this.#seen = undefined
  }

  /** `decide` says with which number the note is to be written, or throws. */
  async #attempt(
    signal: AbortSignal | undefined,
    decide: (owner: Owner | undefined, isThere: boolean) => number | 'as it is',
  ): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const begun = this.#clock.monotonic()
      const before = await this.#options.note.read({ signal })
      const fence = decide(before && readOwner(before.body), before !== undefined)
      if (fence === 'as it is' || (await this.#write(before, fence, { isFree: false, signal }))) {
        this.#seen = begun
        return
      }
    }
    throw outrun(this.#options.note.location)
  }

  async #write(
    before: NoteVersion | undefined,
    fence: number,
    { isFree, signal }: { readonly isFree: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<boolean> {
    const { note, journal, appliance, chance = systemChance } = this.#options
    const mark = chance.fill(Buffer.alloc(16)).toString('hex')
    // Before it is written: a process that is killed in between knows it for its own all the same.
    journal.marks.add(mark)
    const body = writeOwner({ appliance, fence, mark, renewed: this.#clock.now(), isFree })
    if (!(await note.replace(before, body, { signal }))) return false
    journal.marks.keepOnly(mark)
    return true
  }

  #isOwn({ mark }: Owner): boolean {
    return this.#options.journal.marks.has(mark)
  }

  #mayClaim({ appliance, renewed, isFree }: Owner): boolean {
    if (isFree || this.#clock.now() - renewed > LAPSES_AFTER) return true
    // A new cache of the same appliance has written nothing yet: that of before is gone.
    return appliance.id === this.#options.appliance.id && this.#options.journal.marks.isEmpty()
  }

  #refusal(owner: Owner): Error {
    return owner.appliance.id === this.#options.appliance.id ? isCopy(owner) : ownedBy(owner)
  }
}
