import { type Abortable, CoreError } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import { SEAL_OVERHEAD, type Sealer } from '../crypto/seal.ts'
import { asBuffer } from '../whole-file.ts'
import { HEADER_LENGTH_BYTES, type HeaderEntry, readHeaderEntries } from './header.ts'

/** Lists the blobs of a pack from its own header, given the whole file. Throws `repository/damaged`. */
export function readPackHeader(pack: Buffer, sealer: Sealer): HeaderEntry[] {
  const { start, end } = headerPlace(pack, pack.length)
  return openHeader(pack.subarray(start, end), start, sealer)
}

/** As much of a pack's end as has the header of most. Bytes. */
const USUAL_TAIL = 64 * 1024
/** restic reads no longer one. */
const LONGEST_HEADER = 16 * 1024 * 1024

/**
 * Lists the blobs of a stored pack of `size` bytes from its own header, of which it reads little more. Throws
 * `repository/damaged`, and what the storage throws.
 */
export async function loadPackHeader(
  storage: Storage,
  sealer: Sealer,
  name: string,
  size: number,
  options: Abortable = {},
): Promise<HeaderEntry[]> {
  async function loadTail(bytes: number): Promise<Buffer> {
    const length = Math.min(bytes, size)
    return asBuffer(await storage.load({ kind: 'pack', name }, { ...options, offset: size - length, length }))
  }
  let tail = await loadTail(USUAL_TAIL)
  const { start, end } = headerPlace(tail, size)
  if (end - start > LONGEST_HEADER) throw tooLong(end - start)
  if (size - start > tail.length) tail = await loadTail(size - start)
  const before = size - tail.length
  return openHeader(tail.subarray(start - before, end - before), start, sealer)
}

/** Where in a pack of `size` bytes the sealed header lies. `tail` is how the pack ends. */
function headerPlace(tail: Buffer, size: number): { readonly start: number; readonly end: number } {
  const end = size - HEADER_LENGTH_BYTES
  if (end < SEAL_OVERHEAD) {
    throw new CoreError('repository/damaged', `the file of ${size} bytes is too short for a pack`)
  }
  const length = tail.readUInt32LE(tail.length - HEADER_LENGTH_BYTES)
  if (length <= SEAL_OVERHEAD || length > end) throw tooLong(length)
  return { start: end - length, end }
}

function openHeader(sealed: Buffer, packBytes: number, sealer: Sealer): HeaderEntry[] {
  const plain = Buffer.alloc(sealed.length - SEAL_OVERHEAD)
  sealer.open(sealed, plain)
  return [...readHeaderEntries(plain, packBytes)]
}

function tooLong(length: number): CoreError {
  return new CoreError('repository/damaged', `the pack says that its header has ${length} bytes, which cannot be`)
}
