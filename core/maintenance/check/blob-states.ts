import { type BlobIndex, ID_BYTES } from '../../repository/index.ts'

/** What a check knows of each blob: two bytes an entry of the index. */
export interface BlobStates {
  /** One byte an entry: `FLAG`s. Shared with the workers. */
  readonly flags: SharedArrayBuffer
  /** A blob may be stored several times: all that is known of it is kept with the entry that a search finds. */
  canonical(entry: number): number
  /** This copy of the blob seems to be whole. */
  addCopy(entry: number): void
  /** This copy has turned out not to be, or never was. */
  dropCopy(entry: number): void
  /** No copy is known to be readable. */
  isLost(canonicalEntry: number): boolean
  /** Whether something was found that snapshots may miss. */
  readonly lostSome: boolean
  /** Says so. */
  noteLoss(): void
}

export const FLAG = {
  /** The tree was read, or somebody is about to. */
  visited: 1,
  /** Neither the tree nor anything below it misses anything. */
  whole: 2,
  /** This copy, of perhaps several of the blob, counts as whole. */
  copy: 4,
  /** A file needs the data blob. A tree that is needed was visited. */
  used: 8,
} as const

const MANY = 255

export function createBlobStates(index: BlobIndex): BlobStates {
  const shared = new SharedArrayBuffer(Math.max(1, index.count))
  const flags = new Uint8Array(shared)
  const copies = new Uint8Array(index.count)
  const id = Buffer.alloc(ID_BYTES)
  let lostSome = false

  function canonical(entry: number): number {
    return index.find(index.locate(entry).type, index.idOf(entry, id))
  }

  return {
    flags: shared,
    canonical,
    addCopy(entry) {
      if ((Atomics.or(flags, entry, FLAG.copy) & FLAG.copy) !== 0) return
      const at = canonical(entry)
      copies[at] = Math.min(MANY, (copies[at] ?? 0) + 1)
    },
    dropCopy(entry) {
      if ((Atomics.and(flags, entry, ~FLAG.copy) & FLAG.copy) === 0) return
      const at = canonical(entry)
      const count = copies[at] ?? 0
      if (count < MANY) copies[at] = count - 1
    },
    isLost: (canonicalEntry) => copies[canonicalEntry] === 0,
    get lostSome() {
      return lostSome
    },
    noteLoss() {
      lostSome = true
    },
  }
}
