import { CoreError } from '../../base/index.ts'
import type { BlobLocation } from '../blob.ts'
import { createIdHash, drawIdSecret } from './id-hash.ts'
import { PACK_WORD as PACK, ROW_WORDS as WORDS, TREE_BIT as TREE } from './index-content.ts'

/**
 * Entries lie side by side, 48 bytes each, in the order in which they came; slots of 4 bytes find them by id (open
 * addressing, linear probing). Slots are doubled at three quarters full, so a blob costs 48 + 5.3 to 10.7 bytes, and
 * none of it is on V8's heap. Both grow in place: their address space is reserved, not their memory.
 */
export interface SharedEntryTable {
  readonly control: SharedArrayBuffer
  readonly entries: SharedArrayBuffer
  readonly slots: SharedArrayBuffer
  /** Where ids go to is hashed with it. */
  readonly secret: SharedArrayBuffer
}

export interface EntryTable {
  readonly shared: SharedEntryTable
  readonly count: number
  find(isTree: boolean, id: Uint8Array): number
  /** The entry of the same blob that was listed next after this one, or -1. */
  next(entry: number): number
  /** Appends an entry, unless `onlyNew` and the id is listed: then -1. */
  insert(isTree: boolean, id: Uint8Array, onlyNew: boolean): number
  /** Appends rows as they are, all of them in this pack. */
  append(rows: Uint32Array, first: number, end: number, pack: number): void
  place(entry: number, pack: number, offset: number, length: number, uncompressedLength: number): void
  locate(entry: number): BlobLocation
  copyId(entry: number, target: Buffer): Buffer
}

const NO_PACK = 0x7fff_ffff
const NO_ENTRY = -1

/** Reserves 3 GiB of addresses. Beyond it the repository needs another machine anyway (64 bytes × 2^26 = 4 GiB). */
const MOST_ENTRIES = 2 ** 26
const FEWEST_SLOTS = 2 ** 14
const ENTRIES_STEP = 2 ** 15
/**
 * By chance no slot is nearly so far from where it belongs. Copies of one blob are, where somebody lists it a million
 * times: those beyond are not found.
 */
const MOST_PROBES = 2 ** 12

// Words of the control block.
const LOCK = 0
const EPOCH = 1
const COUNT = 2
const SLOTS = 3

export function createEntryTable(expected: number, shared: SharedEntryTable = reserve(expected)): EntryTable {
  const control = new Int32Array(shared.control)
  let entries = new Uint32Array(shared.entries, 0, shared.entries.byteLength >>> 2)
  let slots = new Uint32Array(shared.slots, 0, shared.slots.byteLength >>> 2)
  const hash = createIdHash(shared.secret)
  const wanted = new Uint32Array(8)
  const wantedBytes = new Uint8Array(wanted.buffer)
  let wantedHash = 0

  function want(id: Uint8Array): void {
    wantedBytes.set(id)
    wantedHash = hash(wanted, 0)
  }

  /** Another thread may have grown the table since this one looked. */
  function refresh(): void {
    entries = new Uint32Array(shared.entries, 0, shared.entries.byteLength >>> 2)
    slots = new Uint32Array(shared.slots, 0, Atomics.load(control, SLOTS))
  }
  refresh()

  /** The entry in the first slot behind that of `after` that fits, or -1 at an empty one. Slots hold entry + 1. */
  function probe(isTree: boolean, after = NO_ENTRY): number {
    const mask = slots.length - 1
    const first = wanted[0] ?? 0
    let isBehind = after === NO_ENTRY
    for (let slot = wantedHash & mask; ; slot = (slot + 1) & mask) {
      const held = Atomics.load(slots, slot)
      if (held === 0) return -1
      const entry = held - 1
      const at = entry * WORDS
      if (at >= entries.length) refresh()
      if (isBehind && entries[at] === first && isSame(at, isTree)) return entry
      isBehind ||= entry === after
    }
  }

  function isSame(at: number, isTree: boolean): boolean {
    for (let word = 1; word < 8; word++) if (entries[at + word] !== wanted[word]) return false
    return (((entries[at + PACK] ?? 0) & TREE) !== 0) === isTree
  }

  /** Finds without locking: an even epoch, unchanged after the look, means that no slots were moved meanwhile. */
  function findWanted(isTree: boolean, after = NO_ENTRY): number {
    for (;;) {
      const epoch = Atomics.load(control, EPOCH)
      if ((epoch & 1) === 1) {
        Atomics.wait(control, EPOCH, epoch)
        continue
      }
      if (slots.length !== Atomics.load(control, SLOTS)) refresh()
      const entry = probe(isTree, after)
      if (Atomics.load(control, EPOCH) === epoch) return entry
    }
  }

  function link(entry: number, hashed = hash(entries, entry * WORDS)): void {
    const mask = slots.length - 1
    let slot = hashed & mask
    for (let probes = 0; slots[slot] !== 0; slot = (slot + 1) & mask) if (++probes === MOST_PROBES) return
    Atomics.store(slots, slot, entry + 1)
  }

  function growEntries(needed: number): void {
    if (needed > MOST_ENTRIES) {
      throw new CoreError('repository/unsupported', `The repository lists more than ${MOST_ENTRIES} blobs.`, {
        safety: 'Stored data is safe; nothing was changed.',
        remedy: 'Split the backup sets over several repositories.',
      })
    }
    const grown = Math.min(MOST_ENTRIES, needed + Math.max(ENTRIES_STEP, needed >>> 4))
    shared.entries.grow(grown * WORDS * 4)
    refresh()
  }

  /** Makes the slots enough for so many entries, of which the first `count` are there. */
  function growSlots(needed: number, count: number): void {
    let wantedSlots = slots.length
    while (needed * 4 > wantedSlots * 3) wantedSlots *= 2
    // May fail for want of memory; from the next line on nothing does, or others would wait forever.
    shared.slots.grow(wantedSlots * 4)
    Atomics.add(control, EPOCH, 1)
    Atomics.store(control, SLOTS, wantedSlots)
    refresh()
    slots.fill(0)
    for (let entry = 0; entry < count; entry++) link(entry)
    Atomics.add(control, EPOCH, 1)
    Atomics.notify(control, EPOCH)
  }

  /** Makes room for `added` more entries. Returns the first of them. */
  function makeRoom(added: number): number {
    const count = Atomics.load(control, COUNT)
    const needed = count + added
    if (needed * WORDS > entries.length) refresh()
    if (needed * WORDS > entries.length) growEntries(needed)
    if (needed * 4 > slots.length * 3) growSlots(needed, count)
    return count
  }

  function locked<T>(work: () => T): T {
    while (Atomics.compareExchange(control, LOCK, 0, 1) !== 0) Atomics.wait(control, LOCK, 1)
    try {
      if (slots.length !== Atomics.load(control, SLOTS)) refresh()
      return work()
    } finally {
      Atomics.store(control, LOCK, 0)
      Atomics.notify(control, LOCK, 1)
    }
  }

  function appendWanted(isTree: boolean, onlyNew: boolean): number {
    if (onlyNew && probe(isTree) >= 0) return -1
    const entry = makeRoom(1)
    const at = entry * WORDS
    entries.set(wanted, at)
    entries[at + PACK] = NO_PACK + (isTree ? TREE : 0)
    Atomics.store(control, COUNT, entry + 1)
    link(entry, wantedHash)
    return entry
  }

  function appendRows(rows: Uint32Array, first: number, end: number, pack: number): void {
    const start = makeRoom(end - first)
    const count = start + end - first
    entries.set(rows.subarray(first * WORDS, end * WORDS), start * WORDS)
    for (let entry = start; entry < count; entry++) {
      const at = entry * WORDS + PACK
      entries[at] = (((entries[at] ?? 0) & TREE) | pack) >>> 0
    }
    Atomics.store(control, COUNT, count)
    for (let entry = start; entry < count; entry++) link(entry)
  }

  return {
    shared,
    get count() {
      return Atomics.load(control, COUNT)
    },
    find(isTree, id) {
      want(id)
      return findWanted(isTree)
    },
    next(entry) {
      const at = entry * WORDS
      if (at >= entries.length) refresh()
      want(new Uint8Array(shared.entries, at * 4, 32))
      return findWanted(((entries[at + PACK] ?? 0) & TREE) !== 0, entry)
    },
    insert(isTree, id, onlyNew) {
      want(id)
      if (onlyNew && findWanted(isTree) >= 0) return -1
      return locked(() => appendWanted(isTree, onlyNew))
    },
    append(rows, first, end, pack) {
      locked(() => appendRows(rows, first, end, pack))
    },
    place(entry, pack, offset, length, uncompressedLength) {
      const at = entry * WORDS + PACK
      if (at >= entries.length) refresh()
      entries[at + 1] = offset
      entries[at + 2] = length
      entries[at + 3] = uncompressedLength
      entries[at] = (((entries[at] ?? 0) & TREE) | pack) >>> 0
    },
    locate(entry) {
      const at = entry * WORDS + PACK
      if (at >= entries.length) refresh()
      const packed = entries[at] ?? 0
      return {
        type: packed & TREE ? 'tree' : 'data',
        pack: packed & NO_PACK,
        offset: entries[at + 1] ?? 0,
        length: entries[at + 2] ?? 0,
        uncompressedLength: entries[at + 3] ?? 0,
      }
    },
    copyId(entry, target) {
      const at = entry * WORDS
      if (at >= entries.length) refresh()
      target.set(new Uint8Array(shared.entries, at * 4, 32))
      return target
    },
  }
}

function reserve(blobs: number): SharedEntryTable {
  const expected = Math.min(blobs, MOST_ENTRIES)
  let slots = FEWEST_SLOTS
  while (expected * 4 > slots * 3) slots *= 2
  const control = new SharedArrayBuffer(16)
  Atomics.store(new Int32Array(control), SLOTS, slots)
  return {
    control,
    entries: new SharedArrayBuffer(Math.max(expected, ENTRIES_STEP) * WORDS * 4, {
      maxByteLength: MOST_ENTRIES * WORDS * 4,
    }),
    slots: new SharedArrayBuffer(slots * 4, { maxByteLength: MOST_ENTRIES * 8 }),
    secret: drawIdSecret(),
  }
}
