import { readSync } from 'node:fs'
import { constants as osConstants } from 'node:os'

import type { SystemCalls } from '../../file-system/index.ts'
import { type OpenFile, unreadable } from './open-file.ts'

/** A run of bytes in a file that is not a hole. Bytes. */
export interface DataExtent {
  readonly offset: number
  readonly length: number
}

const { ENXIO } = osConstants.errno

/**
 * Reads `length` bytes at `position` of the file into `target` (shared memory too) at `targetOffset`. Returns how many
 * it read: fewer than `length` only where the file ends. Fails with `source/unreadable`.
 */
export function readInto(
  file: OpenFile,
  target: Uint8Array,
  targetOffset: number,
  length: number,
  position: number,
): number {
  let done = 0
  while (done < length) {
    let count: number
    try {
      // libuv repeats a call that a signal interrupted.
      count = readSync(file.descriptor, target, targetOffset + done, length - done, position + done)
    } catch (error) {
      throw unreadable(file.path, `cannot be read at byte ${position + done}`, error)
    }
    if (count === 0) break
    done += count
  }
  return done
}

/**
 * The next data of a file at or after `offset` and before `size`: what lies between is a hole and reads as zeros.
 * Undefined when only a hole is left. A file system that does not know its holes has none. Worth calling for files
 * that `mayHaveHoles`.
 */
export function nextData(
  calls: SystemCalls | undefined,
  file: Pick<OpenFile, 'descriptor'>,
  offset: number,
  size: number,
): DataExtent | undefined {
  if (calls === undefined) return offset < size ? { offset, length: size - offset } : undefined
  for (let from = offset; from < size;) {
    const start = calls.seekData(file.descriptor, from)
    if (start === -ENXIO || start >= size) return undefined
    if (start < 0) return { offset: from, length: size - from }
    const end = calls.seekHole(file.descriptor, start)
    if (end !== start) return { offset: start, length: (end < 0 ? size : Math.min(end, size)) - start }
    // The data went between the two calls.
    from = start
  }
  return undefined
}
