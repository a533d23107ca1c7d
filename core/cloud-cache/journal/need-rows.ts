import { toBytes } from './cached-file.ts'
import { kindCode, stateCode } from './file-state.ts'
import type { JournalFile } from './journal-file.ts'
import { packNumbers, unpackNumbers } from './number-list.ts'

const EVICTED = stateCode('evicted')
const VERIFIED = stateCode('verified')
const PACK = kindCode('pack')

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

/** Where the packs of a journal are, for many snapshots that are looked at together. */
export type PackPlaces = ReadonlyMap<number, { readonly size: number; readonly state: number }>

/** Which packs each snapshot needs: numbers of the journal's files, some 300 KB for four tebibytes. */
export class NeedRows {
  readonly #file: JournalFile

  constructor(file: JournalFile) {
    this.#file = file
  }

  /** `gaps`: how much it needs that nobody has. Packs that the journal does not know count as such. */
  save(snapshot: string, packs: readonly string[], gaps: number): void {
    const known: number[] = []
    let unknown = 0
    for (const name of packs) {
      const [row] = this.#file.rows('SELECT id FROM file WHERE kind = ? AND name = ?', PACK, toBytes(name))
      if (row) known.push(Number(row['id']))
      else unknown++
    }
    known.sort((a, b) => a - b)
    this.#file.run(
      'INSERT OR REPLACE INTO need (snapshot, packs, gaps) VALUES (?, ?, ?)',
      toBytes(snapshot),
      packNumbers(known),
      gaps + unknown,
    )
  }

  forget(snapshot: string): void {
    this.#file.run('DELETE FROM need WHERE snapshot = ?', toBytes(snapshot))
  }

  /** Snapshots of which it is known. */
  known(): string[] {
    return this.#file
      .rows('SELECT snapshot FROM need')
      .map(({ snapshot }) => Buffer.from(snapshot as Uint8Array).toString('hex'))
  }

  /** Numbers of the packs that it needs; undefined: nobody has looked. */
  of(snapshot: string): readonly number[] | undefined {
    const [row] = this.#file.rows('SELECT packs FROM need WHERE snapshot = ?', toBytes(snapshot))
    return row && unpackNumbers(row['packs'] as Uint8Array)
  }

  places(): PackPlaces {
    const rows = this.#file.rows('SELECT id, size, state FROM file WHERE kind = ?', PACK)
    return new Map(rows.map(({ id, size, state }) => [Number(id), { size: Number(size), state: Number(state) }]))
  }

  /** Whether a pack that it needed is there no more: a prune has laid what it held elsewhere. */
  isStale(snapshot: string, places: PackPlaces): boolean {
    return this.of(snapshot)?.some((pack) => !places.has(pack)) ?? true
  }

  /** Undefined where nobody has looked since what it needs was laid elsewhere. */
  sum(snapshot: string, places: PackPlaces): NeedSum | undefined {
    const packs = this.of(snapshot)
    if (packs === undefined) return undefined
    const [row] = this.#file.rows('SELECT gaps FROM need WHERE snapshot = ?', toBytes(snapshot))
    let bytes = 0
    const inCloudOnly = { packs: 0, bytes: 0 }
    const inCacheOnly = { packs: 0, bytes: 0 }
    for (const pack of packs) {
      const place = places.get(pack)
      if (place === undefined) return undefined
      bytes += place.size
      const only = place.state === EVICTED ? inCloudOnly : place.state === VERIFIED ? undefined : inCacheOnly
      if (only === undefined) continue
      only.packs++
      only.bytes += place.size
    }
    return { packs: packs.length, bytes, inCloudOnly, inCacheOnly, gaps: Number(row?.['gaps'] ?? 0) }
  }
}
