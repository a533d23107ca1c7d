import { CoreError } from '../../base/index.ts'
import { ID_BYTES } from '../blob.ts'

/** The packs that an index speaks of, by number; ids are 32 bytes each in shared memory. */
export interface PackTable {
  readonly shared: SharedPackTable
  readonly count: number
  /** Takes a number for a pack whose id is not known yet. */
  reserve(): number
  /** Takes a number for a pack. */
  add(id: Uint8Array): number
  name(pack: number, id: Uint8Array): void
  /** A pack's id. All zero while it is being written. */
  idOf(pack: number): Buffer
  /** Whether there is a pack of this number, and its id is known. */
  isNamed(pack: number): boolean
}

export interface SharedPackTable {
  readonly control: SharedArrayBuffer
  readonly ids: SharedArrayBuffer
}

/** 16 million packs of 16 MiB are 256 TiB. */
const MOST_PACKS = 2 ** 24
const STEP = 2 ** 12

export function createPackTable(shared: SharedPackTable = emptyTable()): PackTable {
  const control = new Int32Array(shared.control)

  function reserve(): number {
    const pack = Atomics.add(control, 0, 1)
    if (pack >= MOST_PACKS) throw tooMany()
    const needed = (pack + 1) * ID_BYTES
    for (let before = shared.ids.byteLength; before < needed; before = shared.ids.byteLength) {
      try {
        shared.ids.grow(Math.min(MOST_PACKS, pack + STEP) * ID_BYTES)
      } catch (error) {
        // Another thread may have grown it further meanwhile, and it never shrinks. Otherwise there is no memory.
        if (shared.ids.byteLength === before) throw error
      }
    }
    return pack
  }

  function name(pack: number, id: Uint8Array): void {
    new Uint8Array(shared.ids, pack * ID_BYTES, ID_BYTES).set(id)
  }

  function idOf(pack: number): Buffer {
    return Buffer.from(shared.ids, pack * ID_BYTES, ID_BYTES)
  }

  return {
    shared,
    get count() {
      return Atomics.load(control, 0)
    },
    reserve,
    add(id) {
      const pack = reserve()
      name(pack, id)
      return pack
    },
    name,
    idOf,
    isNamed: (pack) => pack < Atomics.load(control, 0) && idOf(pack).some((byte) => byte !== 0),
  }
}

function tooMany(): CoreError {
  return new CoreError('repository/unsupported', `The repository lists more than ${MOST_PACKS} packs.`, {
    safety: 'Stored data is safe; nothing was changed.',
    remedy: 'Choose larger packs, or split the backup sets over several repositories.',
  })
}

function emptyTable(): SharedPackTable {
  return {
    control: new SharedArrayBuffer(4),
    ids: new SharedArrayBuffer(STEP * ID_BYTES, { maxByteLength: MOST_PACKS * ID_BYTES }),
  }
}
