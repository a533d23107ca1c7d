import type { Handle } from '../../storage/index.ts'
import { toBytes } from './cached-file.ts'
import { kindCode } from './file-state.ts'
import type { JournalFile } from './journal-file.ts'

/** What was found damaged in a tier, of all files together. */
export interface DamageSum {
  /** Brought back from the other tier, since the moment that was asked for. */
  readonly healed: number
  /** Could not be brought back, of files that are there still. */
  readonly lasting: number
  /** What was found last. */
  readonly last: { readonly at: number; readonly what: string } | undefined
}

/** Damage that anybody who reads through the cache has found, for whoever tells people of it. */
export class DamageBook {
  readonly #file: JournalFile

  constructor(file: JournalFile) {
    this.#file = file
  }

  /** Of each file the newest finding counts. */
  note(
    { kind, name }: Handle,
    found: { readonly at: number; readonly isHealed: boolean; readonly what: string },
  ): void {
    this.#file.run(
      'INSERT OR REPLACE INTO damage (kind, name, found_at, healed, what) VALUES (?, ?, ?, ?, ?)',
      kindCode(kind),
      toBytes(name),
      found.at,
      found.isHealed ? 1 : 0,
      found.what,
    )
  }

  /** What was healed before `since` is not told any more. Milliseconds since the epoch. */
  sum(since: number): DamageSum {
    const told = `FROM damage WHERE (healed = 1 AND found_at >= ?)
      OR (healed = 0 AND EXISTS (SELECT 1 FROM file WHERE file.kind = damage.kind AND file.name = damage.name))`
    const [counts] = this.#file.rows(`SELECT count(*) AS found, sum(healed) AS healed ${told}`, since)
    const [last] = this.#file.rows(`SELECT found_at, what ${told} ORDER BY found_at DESC LIMIT 1`, since)
    const healed = Number(counts?.['healed'] ?? 0)
    return {
      healed,
      lasting: Number(counts?.['found'] ?? 0) - healed,
      last: last && { at: Number(last['found_at']), what: String(last['what']) },
    }
  }

  /** It is whole again, or nobody needs it. */
  forget({ kind, name }: Handle): void {
    this.#file.run('DELETE FROM damage WHERE kind = ? AND name = ? AND healed = 0', kindCode(kind), toBytes(name))
  }
}
