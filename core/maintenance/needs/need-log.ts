import { createNumberReader } from '../../base/index.ts'
import type { TreesNeeded } from './tree-needs.ts'

/** What a tree and all below it need. */
export interface NeededBelow {
  /** Numbers of packs, the lowest first. */
  readonly packs: Uint32Array
  /** Blobs and trees that are in no index or cannot be read. */
  readonly gaps: number
}

/** What trees need that were read, some bytes each: what snapshots share is read once. */
export interface NeedLog {
  readonly bytes: number
  add(needed: Pick<TreesNeeded, 'records' | 'starts'>): void
  /** No copy of a tree can be read. */
  addLost(entry: number): void
  /** All trees below it have to have been added. */
  below(root: number): NeededBelow
  clear(): void
}

const FEWEST = 1024 * 1024
const LOST = Uint8Array.of(1, 0, 0)

/** `entries`, `packs`: how many there are. Memory for an entry is taken by the system only where it is of a tree. */
export function createNeedLog(entries: number, packs: number): NeedLog {
  /** One more than where the record of a tree begins; 0: there is none. */
  let starts = new Float64Array(entries)
  /** In which question a tree was met. */
  const met = new Uint32Array(entries)
  let question = 0
  let bytes = new Uint8Array(FEWEST)
  let length = 0

  function append(records: Uint8Array): void {
    if (length + records.length > bytes.length) {
      const grown = new Uint8Array(Math.max(bytes.length * 2, length + records.length))
      grown.set(bytes.subarray(0, length))
      bytes = grown
    }
    bytes.set(records, length)
    length += records.length
  }

  return {
    get bytes() {
      return length
    },
    add({ records, starts: given }) {
      for (let at = 0; at < given.length; at += 2) starts[given[at] ?? 0] = length + (given[at + 1] ?? 0) + 1
      append(records)
    },
    addLost(entry) {
      starts[entry] = length + 1
      append(LOST)
    },
    below(root) {
      question++
      const isNeeded = new Uint8Array(packs)
      const reader = createNumberReader(bytes)
      const open = [root]
      met[root] = question
      let gaps = 0
      for (let tree = open.pop(); tree !== undefined; tree = open.pop()) {
        const start = starts[tree] ?? 0
        if (start === 0) throw new Error('a tree was not read')
        reader.at = start - 1
        gaps += reader.next()
        for (let left = reader.next(); left > 0; left--) {
          const below = reader.next()
          if (met[below] === question) continue
          met[below] = question
          open.push(below)
        }
        let pack = 0
        for (let left = reader.next(); left > 0; left--) {
          pack += reader.next()
          isNeeded[pack] = 1
        }
      }
      const found = isNeeded.reduce((sum, each) => sum + each, 0)
      const numbers = new Uint32Array(found)
      for (let pack = 0, at = 0; pack < packs; pack++) if (isNeeded[pack] === 1) numbers[at++] = pack
      return { packs: numbers, gaps }
    },
    clear() {
      starts = new Float64Array(entries)
      length = 0
    },
  }
}
