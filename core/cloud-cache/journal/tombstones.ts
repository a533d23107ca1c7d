import type { Handle } from '../../storage/index.ts'
import { toBytes, toHandle } from './cached-file.ts'
import { impossible, JOURNALLED_KINDS, kindCode } from './file-state.ts'
import { firstNotVerified } from './first-not-verified.ts'
import type { JournalFile } from './journal-file.ts'
import type { TombstoneFiles } from './tombstone-files.ts'

/**
 * - `owed`: the cloud's copy is to be deleted.
 * - `uploading`: it was being sent when its file was removed, and is to be deleted once that has ended.
 * - `deleting`: somebody has begun; whether the cloud has done it nobody knows until it ends.
 */
export type TombstonePhase = 'owed' | 'uploading' | 'deleting'

// As states: never to be reordered.
const PHASES: readonly TombstonePhase[] = ['owed', 'uploading', 'deleting']

/**
 * Deletions that are owed to the cloud. A file that is stored again meanwhile is there as any other; it only is not uploaded
 * until a deletion that has begun is over, or the deletion might come behind the upload.
 */
export class Tombstones {
  readonly #file: JournalFile
  readonly #twins: TombstoneFiles

  constructor(file: JournalFile, twins: TombstoneFiles) {
    this.#file = file
    this.#twins = twins
  }

  phaseOf({ kind, name }: Handle): TombstonePhase | undefined {
    const [row] = this.#file.rows(
      'SELECT phase FROM tombstone WHERE kind = ? AND name = ?',
      kindCode(kind),
      toBytes(name),
    )
    return row && PHASES[Number(row['phase'])]
  }

  count(): number {
    return Number(this.#file.rows('SELECT count(*) AS count FROM tombstone')[0]?.['count'])
  }

  /**
   * What may be deleted from the cloud now, at most `limit` files: snapshots before indexes before packs, and nothing before
   * all that was stored before its removal is verified in the cloud: a prune's new indexes have to be there before the old ones go.
   */
  next(limit: number): Handle[] {
    const found: Handle[] = []
    const awaited = firstNotVerified(this.#file, JOURNALLED_KINDS)
    let barrier = Number.MAX_SAFE_INTEGER
    for (const kind of JOURNALLED_KINDS.toReversed()) {
      const rows = this.#file.rows(
        'SELECT kind, name FROM tombstone WHERE kind = ? AND id < ? AND phase != ? AND after_file < ? ORDER BY id LIMIT ?',
        kindCode(kind),
        barrier,
        PHASES.indexOf('uploading'),
        awaited,
        limit - found.length,
      )
      found.push(...rows.map(toHandle))
      const [row] = this.#file.rows('SELECT min(id) AS first FROM tombstone WHERE kind = ?', kindCode(kind))
      barrier = Math.min(barrier, Number(row?.['first'] ?? barrier))
    }
    return found
  }

  /** Owed before the cloud is asked to delete. False: the file was stored again in time, and nothing is to be deleted. */
  begin(handle: Handle): boolean {
    return this.#file.transaction(() => {
      const phase = this.phaseOf(handle)
      if (phase === 'uploading') throw impossible(`to delete ${handle.kind} ${handle.name}, which is being sent`)
      if (phase === 'owed') this.setPhase(handle, 'deleting')
      return phase !== undefined
    })
  }

  /** The cloud has no copy any more. */
  end(handle: Handle): void {
    this.#file.transaction(() => {
      const phase = this.phaseOf(handle)
      if (phase !== 'deleting')
        throw impossible(`to end a deletion of ${handle.kind} ${handle.name} that has not begun`)
      this.drop(handle)
    })
  }

  /** Those whose local copy may still be there, since somebody was killed meanwhile. */
  withCopy(): Handle[] {
    return this.#file.rows('SELECT kind, name FROM tombstone WHERE local_left = 1').map(toHandle)
  }

  /** Says that the local copy is gone. */
  copyGone({ kind, name }: Handle): void {
    this.#file.run('UPDATE tombstone SET local_left = 0 WHERE kind = ? AND name = ?', kindCode(kind), toBytes(name))
  }

  /** Within a transaction. */
  add(handle: Handle, phase: TombstonePhase): void {
    this.#twins.add(handle)
    // One that is there already knows more of what goes on in the cloud.
    this.#file.run(
      `INSERT INTO tombstone (kind, name, phase, after_file, local_left)
        VALUES (?, ?, ?, ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'file'), 0), 1)
        ON CONFLICT DO UPDATE SET local_left = 1, after_file = excluded.after_file`,
      kindCode(handle.kind),
      toBytes(handle.name),
      PHASES.indexOf(phase),
    )
  }

  /** Within a transaction: its file was stored again. What goes on in the cloud is waited for, else it is over. */
  cancel(handle: Handle): void {
    if (this.phaseOf(handle) === 'owed') this.drop(handle)
    else this.#twins.remove(handle)
  }

  /** Within a transaction. */
  setPhase({ kind, name }: Handle, phase: TombstonePhase): void {
    this.#file.run(
      'UPDATE tombstone SET phase = ? WHERE kind = ? AND name = ?',
      PHASES.indexOf(phase),
      kindCode(kind),
      toBytes(name),
    )
  }

  /** Within a transaction. */
  drop(handle: Handle): void {
    this.#twins.remove(handle)
    this.#file.run('DELETE FROM tombstone WHERE kind = ? AND name = ?', kindCode(handle.kind), toBytes(handle.name))
  }

  /** Those of uploads that nobody goes on with. Within a transaction. */
  abandonUploads(): void {
    const owed = PHASES.indexOf('owed')
    this.#file.run('UPDATE tombstone SET phase = ? WHERE phase = ?', owed, PHASES.indexOf('uploading'))
  }

  /** Removes the files of tombstones that there are not: of removals that a kill broke off before they were journalled. */
  sweepTwins(): void {
    this.#file.transaction(() => {
      for (const handle of this.#twins.all()) if (this.phaseOf(handle) === undefined) this.#twins.remove(handle)
    })
  }

  /** Makes tombstones of all their files. Within a transaction. */
  addFromTwins(): void {
    for (const handle of this.#twins.all()) this.add(handle, 'owed')
  }
}
