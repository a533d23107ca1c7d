import { toBytes } from './cached-file.ts'
import { kindCode } from './file-state.ts'
import type { JournalFile } from './journal-file.ts'
import { eachNumber, packNumbers } from './number-list.ts'
import { type PackPlaces, readPackPlaces } from './pack-places.ts'

const PACK = kindCode('pack')
const NAME_BYTES = 32

/** What a snapshot needs, as somebody has found out by reading its folders. */
export interface SnapshotNeeds {
  readonly snapshot: string
  /** The tree at its root: whatever has the same one needs the same packs. */
  readonly tree?: string | undefined
  /** Numbers of the journal's files, the lowest first. */
  readonly packs: Iterable<number>
  /** Names of packs that an index lists and nobody has. */
  readonly missing: readonly string[]
  /** Blobs and folders, beside those packs, that it needs and that are in no index or cannot be read. */
  readonly gaps: number
}

/** From where the packs can be had that a snapshot needs. Files and bytes. */
export interface NeedSum {
  readonly packs: number
  readonly bytes: number
  /** Not in the local tier. */
  readonly inCloudOnly: { readonly packs: number; readonly bytes: number }
  /** Not known to be in the cloud. */
  readonly inCacheOnly: { readonly packs: number; readonly bytes: number }
  /** What it needs and nobody has. */
  readonly gaps: number
}

/** Which packs each snapshot needs: numbers of the journal's files, some 300 KB for four tebibytes. */
export class NeedRows {
  readonly #file: JournalFile

  constructor(file: JournalFile) {
    this.#file = file
  }

  put({ snapshot, tree, packs, missing, gaps }: SnapshotNeeds): void {
    this.#file.run(
      'INSERT OR REPLACE INTO need (snapshot, tree, packs, missing, gaps) VALUES (?, ?, ?, ?, ?)',
      toBytes(snapshot),
      tree === undefined ? null : toBytes(tree),
      packNumbers(packs),
      toBytes(missing.join('')),
      gaps,
    )
  }

  /** `gaps`: how much it needs that nobody has. Packs that the journal does not know are missing. */
  save(snapshot: string, packs: readonly string[], gaps: number): void {
    const known: number[] = []
    const missing: string[] = []
    for (const name of packs) {
      const [row] = this.#file.rows('SELECT id FROM file WHERE kind = ? AND name = ?', PACK, toBytes(name))
      if (row) known.push(Number(row['id']))
      else missing.push(name)
    }
    this.put({ snapshot, packs: known.toSorted((a, b) => a - b), missing, gaps })
  }

  /** What another snapshot of the same tree needs is what this one does. False: there is none, or that is stale. */
  takeFrom(tree: string, snapshot: string, places: PackPlaces): boolean {
    const rows = this.#file.rows(
      'SELECT snapshot FROM need WHERE tree = ? AND snapshot != ?',
      toBytes(tree),
      toBytes(snapshot),
    )
    const other = rows.map(nameOf).find((each) => !this.isStale(each, places))
    if (other === undefined) return false
    this.#file.run(
      `INSERT OR REPLACE INTO need (snapshot, tree, packs, missing, gaps)
        SELECT ?, tree, packs, missing, gaps FROM need WHERE snapshot = ?`,
      toBytes(snapshot),
      toBytes(other),
    )
    return true
  }

  forget(snapshot: string): void {
    this.#file.run('DELETE FROM need WHERE snapshot = ?', toBytes(snapshot))
  }

  /** Snapshots of which it is known. */
  known(): string[] {
    return this.#file.rows('SELECT snapshot FROM need').map(nameOf)
  }

  /** Snapshots that need something that nobody has, as far as anybody has looked. */
  lacking(): string[] {
    return this.#file.rows('SELECT snapshot FROM need WHERE gaps > 0 OR length(missing) > 0').map(nameOf)
  }

  /** Numbers of the packs that it needs; undefined: nobody has looked. */
  of(snapshot: string): readonly number[] | undefined {
    const numbers: number[] = []
    return this.each(snapshot, (pack) => numbers.push(pack)) ? numbers : undefined
  }

  /** Calls `use` with the number of each pack that it needs. False: nobody has looked. */
  each(snapshot: string, use: (pack: number) => void): boolean {
    const [row] = this.#file.rows('SELECT packs FROM need WHERE snapshot = ?', toBytes(snapshot))
    if (row) eachNumber(row['packs'] as Uint8Array, use)
    return row !== undefined
  }

  /** Packs that it needs and nobody has, as far as they have names. */
  missingOf(snapshot: string): string[] {
    const [row] = this.#file.rows('SELECT missing FROM need WHERE snapshot = ?', toBytes(snapshot))
    const names = Buffer.from((row?.['missing'] as Uint8Array | undefined) ?? [])
    return Array.from({ length: names.length / NAME_BYTES }, (_, at) =>
      names.toString('hex', at * NAME_BYTES, (at + 1) * NAME_BYTES),
    )
  }

  places(): PackPlaces {
    return readPackPlaces(this.#file)
  }

  /**
   * Whether somebody has to look again: nobody has, or a pack that it needed is there no more, as a prune has laid what it
   * held elsewhere, or it lacked something that may have been stored again since.
   */
  isStale(snapshot: string, places: PackPlaces): boolean {
    let isStale = this.#gapsOf(snapshot) > 0
    const isKnown = this.each(snapshot, (pack) => (isStale ||= places.stateOf(pack) === undefined))
    return isStale || !isKnown
  }

  /** Undefined where nobody has looked since what it needs was laid elsewhere. */
  sum(snapshot: string, places: PackPlaces): NeedSum | undefined {
    let packs = 0
    let bytes = 0
    let gone = 0
    const inCloudOnly = { packs: 0, bytes: 0 }
    const inCacheOnly = { packs: 0, bytes: 0 }
    const isKnown = this.each(snapshot, (pack) => {
      const state = places.stateOf(pack)
      const size = places.sizeOf(pack)
      if (state === undefined) gone++
      packs++
      bytes += size
      if (state === 'verified') return
      const only = state === 'evicted' ? inCloudOnly : inCacheOnly
      only.packs++
      only.bytes += size
    })
    if (!isKnown || gone > 0) return undefined
    return { packs, bytes, inCloudOnly, inCacheOnly, gaps: this.#gapsOf(snapshot) }
  }

  /** Missing packs included. */
  #gapsOf(snapshot: string): number {
    const [row] = this.#file.rows(
      `SELECT gaps + length(missing) / ${NAME_BYTES} AS gaps FROM need WHERE snapshot = ?`,
      toBytes(snapshot),
    )
    return Number(row?.['gaps'] ?? 0)
  }
}

function nameOf({ snapshot }: Record<string, unknown>): string {
  return Buffer.from(snapshot as Uint8Array).toString('hex')
}
