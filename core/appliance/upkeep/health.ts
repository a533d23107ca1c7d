import { type Clock, CoreError, sleep } from '../../base/index.ts'
import { type Catalog, readSetting, writeSetting } from '../../database/index.ts'

/**
 * Whether the appliance does its work, in one word: what whoever watches is told, though nobody knows who he is.
 *
 * - `catalog-unreadable`: nothing can be looked up.
 * - `catalog-unwritable`: nothing can be noted: no run begins, and none is known to have ended.
 * - `queue-stuck`: nobody has looked for a minute what is to be done.
 */
export type HealthState = 'ready' | 'stopping' | 'catalog-unreadable' | 'catalog-unwritable' | 'queue-stuck'

/** Looks whether the appliance works. Whoever asks often is told what was seen within the last second. */
export interface Health {
  check(): Promise<HealthState>
  /** The queue is looked at. */
  beat(): void
  /** From now on it is being stopped. */
  stop(): void
}

/** What was seen counts for so long. Milliseconds, as all of these. */
const SEEN_FOR = 1000
/** The queue is looked at every 15 seconds, whatever happens. */
const MOST_SILENT = 60_000
/** Where nothing was written for so long, something is: a disk that is full or gone says so only then. */
const WRITE_EVERY = 60_000
/** After a write that failed it is tried again so soon: one that waits for a lock holds up everything for seconds. */
const TRY_AGAIN_AFTER = 30_000
/** A catalog that does not answer for so long is none. */
const ANSWERS_WITHIN = 10_000

const HEALTH_KEY = 'health'

export function createHealth({
  catalog,
  clock,
  answersWithin = ANSWERS_WITHIN,
}: {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly answersWithin?: number
}): Health {
  let beatAt = clock.monotonic()
  let triedAt = clock.monotonic()
  let writesSeen = catalog.writes().done
  let isStopping = false
  let seen: { readonly at: number; readonly state: Promise<HealthState> } | undefined

  async function look(): Promise<HealthState> {
    if (isStopping) return 'stopping'
    const over = new AbortController()
    const late = sleep(answersWithin, over).then(
      () => 'catalog-unreadable' as const,
      () => 'catalog-unreadable' as const,
    )
    try {
      const found = await Promise.race([lookAtCatalog(), late])
      if (found !== 'ready') return found
    } finally {
      over.abort()
    }
    return clock.monotonic() - beatAt > MOST_SILENT ? 'queue-stuck' : 'ready'
  }

  async function lookAtCatalog(): Promise<HealthState> {
    try {
      await readSetting(catalog.rows, HEALTH_KEY)
    } catch {
      return 'catalog-unreadable'
    }
    const { done, isRefused } = catalog.writes()
    const now = clock.monotonic()
    if (done !== writesSeen && !isRefused) {
      writesSeen = done
      triedAt = now
    }
    if (now - triedAt >= (isRefused ? TRY_AGAIN_AFTER : WRITE_EVERY)) {
      triedAt = now
      // What it comes to is in `writes`, as of every other write.
      await writeSetting(catalog.rows, HEALTH_KEY, String(clock.now())).catch(() => undefined)
    }
    return catalog.writes().isRefused ? 'catalog-unwritable' : 'ready'
  }

  return {
    check() {
      const now = clock.monotonic()
      if (seen === undefined || now - seen.at >= SEEN_FOR) seen = { at: now, state: look() }
      return seen.state
    },
    beat() {
      beatAt = clock.monotonic()
    },
    stop() {
      isStopping = true
      seen = undefined
    },
  }
}

/** What is told of an appliance that does not work. Why it does not, its log says. */
export function unwell(state: HealthState): CoreError {
  return new CoreError('service/unavailable', `The appliance does not work now: ${state}.`, {
    retryable: true,
    safety: 'Recovery points in vaults are safe: they do not need the appliance.',
    remedy:
      state === 'stopping'
        ? 'Wait until it has been started again.'
        : 'Look at the log of the service, and whether the disk of its data folder is full or failing.',
    context: { object: state },
  })
}
