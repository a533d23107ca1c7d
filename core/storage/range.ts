import { CoreError } from '../base/index.ts'
import { describeHandle, handleContext } from './handle.ts'
import type { Handle, LoadOptions } from './storage.ts'

/** Fails with `input/invalid` unless offset and length count bytes and fit `into` as far as one can tell. */
export function assertRange(handle: Handle, { offset = 0, length = 0, into }: LoadOptions): void {
  const wrong = [offset, length].find((count) => !Number.isSafeInteger(count) || count < 0)
  if (wrong !== undefined) {
    throw new CoreError('input/invalid', `${wrong} cannot be an offset or length in ${describeHandle(handle)}`)
  }
  if (into !== undefined) assertRoom(handle, into, length)
}

/** The view on `into` that `length` bytes go to, or new memory that shares its buffer with nothing else. */
export function targetOf(handle: Handle, into: Uint8Array | undefined, length: number): Uint8Array {
  // No Buffer: its `slice` shares memory where a Uint8Array's copies.
  if (into === undefined) return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
  assertRoom(handle, into, length)
  return into.byteLength === length ? into : into.subarray(0, length)
}

/** How many bytes the range holds in a file of `size` bytes. Fails with `storage/truncated` when it ends behind it. */
export function lengthWithin(handle: Handle, location: string, size: number, options: LoadOptions): number {
  const { offset = 0, length = size - offset, mostBytes = Number.POSITIVE_INFINITY } = options
  if (length < 0 || offset + length > size) throw truncated(handle, location, size, options)
  if (length > mostBytes) throw tooLarge(handle, location, length, mostBytes)
  return length
}

function tooLarge(handle: Handle, location: string, size: number, mostBytes: number): CoreError {
  return new CoreError(
    'storage/too-large',
    `${describeHandle(handle)} in ${location} has ${size} bytes; at most ${mostBytes} were expected`,
    {
      safety: 'Nothing of it was read.',
      remedy:
        'Look what wrote it: no program makes such a file. Put it back from a copy of the repository, or remove it.',
      context: { ...handleContext(handle, location), size, mostBytes },
    },
  )
}

export function truncated(handle: Handle, location: string, size: number, options: LoadOptions): CoreError {
  const { offset = 0, length = 0 } = options
  const needed = offset + length
  return new CoreError(
    'storage/truncated',
    `${describeHandle(handle)} in ${location} has ${size} bytes; at least ${needed} are needed`,
    {
      safety: 'The file is shorter than it should be: what the missing part held cannot be read from here.',
      remedy: 'Check the repository and the disk below it.',
      context: { ...handleContext(handle, location), size, offset, length },
    },
  )
}

function assertRoom(handle: Handle, into: Uint8Array, length: number): void {
  if (into.byteLength >= length) return
  throw new CoreError('input/invalid', `${length} bytes of ${describeHandle(handle)} do not fit ${into.byteLength}`)
}
