import type { FileKind, Handle } from '../../storage/index.ts'
import { type CachedFile, FILE_COLUMNS, toBytes, toCachedFile } from './cached-file.ts'
import { FILE_STATES, type FileState, JOURNALLED_KINDS, kindCode, stateCode } from './file-state.ts'
import { firstNotVerified } from './first-not-verified.ts'
import type { JournalFile } from './journal-file.ts'

/** How many rows are in memory at once. */
const PAGE = 500
/** How many rows are changed in one transaction. */
const AT_ONCE = 2000
/** How exact "last needed" is. A restore reads a pack many times, and eviction looks at days. */
const NEED_STEP = 60 * 60 * 1000

const LOCAL = stateCode('local')
const UPLOADING = stateCode('uploading')
const UPLOADED = stateCode('uploaded')
const VERIFIED = stateCode('verified')
const EVICTED = stateCode('evicted')

export interface Total {
  readonly files: number
  readonly bytes: number
}

/** The files that the journal knows. */
export class FileRows {
  readonly #file: JournalFile

  constructor(file: JournalFile) {
    this.#file = file
  }

  find({ kind, name }: Handle): CachedFile | undefined {
    return this.#all(`SELECT ${FILE_COLUMNS} FROM file WHERE kind = ? AND name = ?`, kindCode(kind), toBytes(name))[0]
  }

  /** All of a kind in the order of their names. A file that is removed and stored again meanwhile does not come twice. */
  *ofKind(kind: FileKind): Generator<CachedFile> {
    const query = `SELECT ${FILE_COLUMNS} FROM file WHERE kind = ? AND name > ? ORDER BY name LIMIT ${PAGE}`
    // The empty name of config is greater than nothing at all, but not than itself.
    const begin = `SELECT ${FILE_COLUMNS} FROM file WHERE kind = ? AND name >= ? ORDER BY name LIMIT ${PAGE}`
    let page = this.#all(begin, kindCode(kind), toBytes(''))
    for (let last = page.at(-1); last; last = page.at(-1)) {
      yield* page
      page = this.#all(query, kindCode(kind), toBytes(last.name))
    }
  }

  /** All in a state, in the order of uploads. Files that come into it meanwhile may be missing, and may leave it at once. */
  *inState(state: FileState): Generator<CachedFile> {
    const query = `SELECT ${FILE_COLUMNS} FROM file
      WHERE state = ? AND (kind, id) > (?, ?) ORDER BY kind, id LIMIT ${PAGE}`
    let page = this.#all(query, stateCode(state), 0, 0)
    for (let last = page.at(-1); last; last = page.at(-1)) {
      yield* page
      page = this.#all(query, stateCode(state), kindCode(last.kind), last.id)
    }
  }

  totals(): Record<FileState, Total> {
    const none = { files: 0, bytes: 0 }
    const totals = { local: none, uploading: none, uploaded: none, verified: none, evicted: none }
    for (const row of this.#file.rows('SELECT state, count(*) AS files, sum(size) AS bytes FROM file GROUP BY state')) {
      const state = FILE_STATES[Number(row['state'])]
      if (state !== undefined) totals[state] = { files: Number(row['files']), bytes: Number(row['bytes']) }
    }
    return totals
  }

  /** When the oldest of what is not verified in the cloud was stored. Undefined: all is. */
  waitingSince(): number | undefined {
    const found = JOURNALLED_KINDS.flatMap((kind) =>
      [LOCAL, UPLOADING, UPLOADED].flatMap((state) =>
        this.#all(
          `SELECT ${FILE_COLUMNS} FROM file WHERE state = ? AND kind = ? ORDER BY id LIMIT 1`,
          state,
          kindCode(kind),
        ),
      ),
    )
    return found.length === 0 ? undefined : Math.min(...found.map(({ storedAt }) => storedAt))
  }

  /** How much has to be sent before this file can be, itself included. */
  bytesUpTo({ id }: Pick<CachedFile, 'id'>): number {
    const [row] = this.#file.rows(
      `SELECT sum(size) AS bytes FROM file WHERE state IN (${LOCAL}, ${UPLOADING}, ${UPLOADED}) AND id <= ?`,
      id,
    )
    return Number(row?.['bytes'] ?? 0)
  }

  /** The first of a kind that is not verified in the cloud; where all are, one behind all. */
  firstWaiting(kind: FileKind): number {
    return firstNotVerified(this.#file, [kind])
  }

  /** Undefined: there is no such pack any more. */
  packName(id: number): string | undefined {
    return this.#all(`SELECT ${FILE_COLUMNS} FROM file WHERE id = ? AND kind = ?`, id, kindCode('pack'))[0]?.name
  }

  /** What the local tier holds. */
  localBytes(): number {
    const [row] = this.#file.rows(`SELECT sum(size) AS bytes FROM file WHERE state <> ${EVICTED}`)
    return Number(row?.['bytes'] ?? 0)
  }

  /**
   * What may be uploaded now, at most `limit` files. A file is not told of while anything of a kind before its own that was
   * stored before it is not verified in the cloud, nor while its cloud copy is being deleted. What completes a recovery point
   * comes before the packs of later ones.
   *
   * What a prune has laid elsewhere was stored after the snapshots that need it: while the cloud has not heard of a removal,
   * nothing goes up that might need what was stored before that.
   */
  nextUploads(limit: number): CachedFile[] {
    const owed = this.lastOwed()
    let barrier = Number.MAX_SAFE_INTEGER
    const bounds = JOURNALLED_KINDS.map((kind) => {
      const bound = { kind, below: barrier > owed ? barrier : 0 }
      barrier = Math.min(barrier, firstNotVerified(this.#file, [kind]))
      return bound
    })
    const found: CachedFile[] = []
    for (const { kind, below } of bounds.toReversed()) {
      found.push(
        ...this.#all(
          `SELECT ${FILE_COLUMNS} FROM file WHERE state = ${LOCAL} AND kind = ? AND id < ?
            AND NOT EXISTS (SELECT 1 FROM tombstone WHERE tombstone.kind = file.kind AND tombstone.name = file.name)
            ORDER BY id LIMIT ?`,
          kindCode(kind),
          below,
          limit - found.length,
        ),
      )
    }
    return found
  }

  /** The last file that was there when a pack or index was removed of which the cloud has not heard; 0: it has of all. */
  lastOwed(): number {
    const query = 'SELECT max(after_file) AS last FROM tombstone WHERE kind = ?'
    const of = (kind: FileKind): number => Number(this.#file.rows(query, kindCode(kind))[0]?.['last'] ?? 0)
    return Math.max(of('pack'), of('index'))
  }

  /** Verified data packs, those first that were needed longest ago. They may be evicted while one goes through them. */
  *evictionCandidates(excluded: { has(name: string): boolean }): Generator<CachedFile> {
    const query = `SELECT ${FILE_COLUMNS} FROM file WHERE state = ${VERIFIED} AND evictable = 1
      AND (needed_at, id) > (?, ?) ORDER BY needed_at, id LIMIT ${PAGE}`
    let page = this.#all(query, Number.MIN_SAFE_INTEGER, 0)
    for (let last = page.at(-1); last; last = page.at(-1)) {
      yield* page.filter(({ name }) => !excluded.has(name))
      page = this.#all(query, last.neededAt, last.id)
    }
  }

  /** Evicted files whose local copy may still be there, since somebody was killed meanwhile. */
  evictedWithCopy(): CachedFile[] {
    return this.#all(`SELECT ${FILE_COLUMNS} FROM file WHERE local_left = 1`)
  }

  /** Says that somebody is about to store an evicted file again: where a kill comes between, its copy is tidied away. */
  copyComing(handle: Handle): void {
    this.#setLeft(handle, 1)
  }

  /** Says that the local copy of an evicted file is gone. */
  copyGone(handle: Handle): void {
    this.#setLeft(handle, 0)
  }

  /** Notes that a file was read. */
  touch({ id, neededAt }: CachedFile, now: number): void {
    if (Math.abs(now - neededAt) < NEED_STEP) return
    this.#file.carelessly(() => this.#file.run('UPDATE file SET needed_at = ? WHERE id = ?', now, id))
  }

  /** Says that packs hold data and no trees, so that they may be evicted. Names that are not there are passed over. */
  markEvictable(names: Iterable<string>): void {
    const all = [...names]
    const pack = kindCode('pack')
    // Whoever stores something waits meanwhile.
    for (let at = 0; at < all.length; at += AT_ONCE) {
      this.#file.transaction(() => {
        for (const name of all.slice(at, at + AT_ONCE))
          this.#file.run('UPDATE file SET evictable = 1 WHERE kind = ? AND name = ?', pack, toBytes(name))
      })
    }
  }

  insert({ kind, name }: Handle, { size, now, state }: { size: number; now: number; state: FileState }): void {
    this.#file.run(
      'INSERT INTO file (kind, name, size, state, stored_at, needed_at) VALUES (?, ?, ?, ?, ?, ?)',
      kindCode(kind),
      toBytes(name),
      size,
      stateCode(state),
      now,
      now,
    )
  }

  /** Says that a file that was there was stored once more. */
  replace({ id }: CachedFile, { size, now, state }: { size: number; now: number; state: FileState }): void {
    this.#file.run(
      'UPDATE file SET size = ?, state = ?, stored_at = ?, needed_at = ?, local_left = 0 WHERE id = ?',
      size,
      stateCode(state),
      now,
      now,
      id,
    )
  }

  /** An evicted file's local copy counts as there until somebody says that it is gone. */
  setState({ id }: CachedFile, state: FileState): void {
    const left = state === 'evicted' ? 1 : 0
    this.#file.run('UPDATE file SET state = ?, local_left = ? WHERE id = ?', stateCode(state), left, id)
  }

  /** Forgets it and its sums. */
  forget({ id }: CachedFile): void {
    this.#file.run('DELETE FROM sums WHERE file_id = ?', id)
    this.#file.run('DELETE FROM file WHERE id = ?', id)
  }

  /** The sums of its blocks; undefined: nobody has read it since the journal was rebuilt. */
  sumsOf({ id }: CachedFile): Uint8Array | undefined {
    const [row] = this.#file.rows('SELECT sums FROM sums WHERE file_id = ?', id)
    return row && (row['sums'] as Uint8Array)
  }

  keepSums({ id }: CachedFile, sums: Uint8Array): void {
    this.#file.run('INSERT OR REPLACE INTO sums (file_id, sums) VALUES (?, ?)', id, sums)
  }

  #setLeft({ kind, name }: Handle, left: 0 | 1): void {
    this.#file.run(
      `UPDATE file SET local_left = ? WHERE kind = ? AND name = ? AND state = ${EVICTED}`,
      left,
      kindCode(kind),
      toBytes(name),
    )
  }

  #all(query: string, ...values: (number | Uint8Array)[]): CachedFile[] {
    return this.#file.rows(query, ...values).map(toCachedFile)
  }
}
