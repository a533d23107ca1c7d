import { CoreError, formatDuration, isCode, sleep } from '../../base/index.ts'
import { vaultRows } from '../../database/index.ts'
import type { Log } from '../data/open-log.ts'
import { lookAtVault, measureRoom, noteUnreachable, type VaultLookTools } from './look-at-vault.ts'

/** What there is to be seen: what is free; whether it is reached and what came or went; and whether all of that can be read. */
type Look = 'room' | 'points' | 'thorough'

/**
 * Looks at vaults, beside everything else: one that does not answer keeps nobody waiting but who asks for it. Of each vault
 * one look goes on at a time; what is asked for meanwhile is one more look after it.
 */
export interface VaultWatch {
  /** Resolves when the vault was looked at, does not answer within the patience, or nobody looks any more. Never rejects. */
  look(vaultId: string, what: Look): Promise<void>
  /** All that are attached, thoroughly. As `look`. */
  lookAtAll(): Promise<void>
  /** Stops looking. What hangs in the storage is left behind. */
  close(): Promise<void>
}

export interface VaultWatchOptions extends VaultLookTools {
  readonly log: Log
  /** A vault was looked at. */
  readonly onLooked: () => void
  /** How long a look may take before the vault counts as one that does not answer. Milliseconds. */
  readonly patience?: number | undefined
}

/** A vault of a million packs on a slow share is listed in it. */
const PATIENCE = 10 * 60_000
/** A look that is stopped ends within it, unless it hangs. Milliseconds. */
const ENDS_WITHIN = 2_000

interface Watched {
  /** The look that goes on, to its very end. */
  readonly work: Promise<void>
  /** As long as anybody waits for it. */
  readonly seen: Promise<void>
  next: { what: Look; readonly seen: Promise<void>; readonly begun: (seen: Promise<void>) => void } | undefined
}

const ORDER: readonly Look[] = ['room', 'points', 'thorough']

export function createVaultWatch(options: VaultWatchOptions): VaultWatch {
  const { catalog, log, onLooked, patience = PATIENCE } = options
  const stop = new AbortController()
  const watched = new Map<string, Watched>()

  function look(vaultId: string, what: Look): Promise<void> {
    if (stop.signal.aborted) return Promise.resolve()
    const one = watched.get(vaultId)
    if (!one) return begin(vaultId, what)
    if (one.next) {
      if (ORDER.indexOf(what) > ORDER.indexOf(one.next.what)) one.next.what = what
      return one.next.seen
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    const next = { what, seen: orGivenUp(promise), begun: resolve }
    one.next = next
    return next.seen
  }

  function begin(vaultId: string, what: Look): Promise<void> {
    if (stop.signal.aborted) return Promise.resolve()
    const work = lookOnce(vaultId, what).finally(() => {
      const { next } = watched.get(vaultId) ?? {}
      watched.delete(vaultId)
      if (next) next.begun(begin(vaultId, next.what))
    })
    const one: Watched = { work, seen: orGivenUp(work), next: undefined }
    watched.set(vaultId, one)
    return one.seen
  }

  async function lookOnce(vaultId: string, what: Look): Promise<void> {
    const late = new AbortController()
    const timer = setTimeout(() => {
      const error = doesNotAnswer(patience)
      late.abort(error)
      // Here, as what hangs in the storage may hang for ever.
      void noteUnreachable(options, vaultId, error).then(onLooked, tell)
    }, patience)
    const signal = AbortSignal.any([stop.signal, late.signal])
    try {
      if (what === 'room') await measureRoom(options, vaultId, { signal })
      else await lookAtVault(options, vaultId, { thorough: what === 'thorough', signal })
      onLooked()
    } catch (error) {
      if (!signal.aborted) tell(error)
    } finally {
      clearTimeout(timer)
    }

    function tell(error: unknown): void {
      // It was detached meanwhile.
      if (!stop.signal.aborted && !isCode(error, 'object/not-found'))
        log.error({ err: error, vaultId }, 'a vault could not be looked at')
    }
  }

  /** Also where the vault does not answer. */
  function orGivenUp(work: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, patience)
      function end(): void {
        clearTimeout(timer)
        stop.signal.removeEventListener('abort', end)
        resolve()
      }
      stop.signal.addEventListener('abort', end, { once: true })
      void work.finally(end)
    })
  }

  return {
    look,
    async lookAtAll() {
      const vaults = await vaultRows.list(catalog.rows)
      await Promise.all(vaults.map(({ id }) => look(id, 'thorough')))
    },
    async close() {
      stop.abort()
      const ended = new AbortController()
      const works = [...watched.values()].map(({ work }) => work)
      void Promise.all(works).then(() => ended.abort())
      await sleep(ENDS_WITHIN, { signal: ended.signal }).catch(() => undefined)
    },
  }
}

function doesNotAnswer(patience: number): CoreError {
  return new CoreError('storage/unreachable', `The vault has not answered within ${formatDuration(patience)}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Look whether what it lies on is there: a network share that hangs answers nobody.',
  })
}
