import { TreeReader } from '../snapshot/index.ts'

/** What another thread needs to read the same list: all of it is shared memory. */
export interface SharedEntryList {
  /** Encoded nodes, in the form of a tree. */
  readonly slabs: readonly SharedArrayBuffer[]
  /** `WORDS` numbers an entry: its folder, its slab, where in that its node begins, and where it ends. */
  readonly places: SharedArrayBuffer
}

/**
 * Entries of a set, by number: for each the number of its folder, and its node as it is stored. As objects they took
 * four times the memory, and telling the workers of them took longer than restoring a small file.
 */
export interface EntryList extends EntryReader {
  readonly shared: SharedEntryList
  readonly count: number
  /** Bytes of all nodes. */
  readonly bytes: number
  /** Copies the node. */
  add(folder: number, node: Uint8Array): void
  /** Makes it empty. Its memory is used again, so nobody may still be reading. */
  clear(): void
}

/** Reads entries of a set. Belongs to one thread. */
export interface EntryReader {
  folderOf(entry: number): number
  /** Encoded, as a view. */
  rawOf(entry: number): Buffer
  /** The reader stands on the entry's node until the next call. */
  read(entry: number): TreeReader
}

const WORDS = 4
const HEAD = Buffer.from('{"nodes":[')
/** Large enough for thousands of nodes, small enough to be nothing beside them. */
const SLAB_BYTES = 1024 * 1024

/** Makes a list that has room for so many entries. */
export function createEntryList(mostEntries: number): EntryList {
  const slabs: SharedArrayBuffer[] = []
  const shared = { slabs, places: new SharedArrayBuffer(mostEntries * WORDS * Uint32Array.BYTES_PER_ELEMENT) }
  const places = new Uint32Array(shared.places)
  let count = 0
  let bytes = 0
  /** The slab that is being filled: its number, its bytes, and up to where. */
  let slab = -1
  let filling: Uint8Array = new Uint8Array(0)
  let used = 0

  /** Goes on to a slab with room for so many bytes; one is made where those that there are do not do. */
  function makeRoom(length: number): void {
    while (filling.length - used < length) {
      slab++
      if (slab === slabs.length) slabs.push(makeSlab(length))
      filling = new Uint8Array(slabs[slab] ?? new SharedArrayBuffer(0))
      used = HEAD.length
    }
  }

  return {
    shared,
    ...entryListOver(shared),
    get count() {
      return count
    },
    get bytes() {
      return bytes
    },
    add(folder, node) {
      makeRoom(node.length)
      filling.set(node, used)
      places.set([folder, slab, used, used + node.length], count * WORDS)
      used += node.length
      bytes += node.length
      count++
    },
    clear() {
      count = 0
      bytes = 0
      slab = -1
      filling = new Uint8Array(0)
      used = 0
    },
  }
}

/** With room for a node of so many bytes. */
function makeSlab(length: number): SharedArrayBuffer {
  const made = new SharedArrayBuffer(Math.max(SLAB_BYTES, HEAD.length + length))
  Buffer.from(made).set(HEAD)
  return made
}

/** Reads, in any thread, a list that was made with `createEntryList`. */
export function entryListOver({ slabs, places: shared }: SharedEntryList): EntryReader {
  const places = new Uint32Array(shared)
  const readers: TreeReader[] = []
  const bytesOf: Buffer[] = []

  const slabOf = (entry: number): number => places[entry * WORDS + 1] ?? 0
  const startOf = (entry: number): number => places[entry * WORDS + 2] ?? 0

  function bytesIn(slab: number): Buffer {
    return (bytesOf[slab] ??= Buffer.from(slabs[slab] ?? new SharedArrayBuffer(0)))
  }

  return {
    folderOf: (entry) => places[entry * WORDS] ?? 0,
    rawOf: (entry) => bytesIn(slabOf(entry)).subarray(startOf(entry), places[entry * WORDS + 3]),
    read(entry) {
      const slab = slabOf(entry)
      const reader = (readers[slab] ??= new TreeReader(bytesIn(slab), 'Entry', 'any'))
      reader.goTo(startOf(entry))
      return reader
    },
  }
}
