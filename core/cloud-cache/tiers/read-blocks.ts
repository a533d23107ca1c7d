import type { Abortable } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import { aroundRange, firstBadBlock } from './block-sums.ts'
import { badContent } from './refusal.ts'

/** A part of a file that lies within it. */
export interface Range extends Abortable {
  readonly offset: number
  /** Where it goes to, all of it. */
  readonly target: Uint8Array
  /** Of the whole file. */
  readonly size: number
  /** Of its blocks, where they are known. */
  readonly sums: Uint8Array | undefined
}

/**
 * Reads a range from one tier: the whole blocks around it, so that each can be held against its sum. Throws
 * `storage/damaged` where one is bad. Without sums it reads just the range, as it is.
 */
export async function readBlocks(tier: Storage, handle: Handle, range: Range): Promise<Uint8Array> {
  const { offset, target, size, sums, signal } = range
  const length = target.byteLength
  if (length === 0) return target
  const { start, end } = sums ? aroundRange(offset, length, size) : { start: offset, end: offset + length }
  const isWhole = end - start === length
  const blocks = isWhole ? target : new Uint8Array(end - start)
  await tier.load(handle, { offset: start, length: blocks.byteLength, into: blocks, signal })
  signal?.throwIfAborted()
  const bad = sums && firstBadBlock(blocks, start, sums)
  if (bad !== undefined)
    throw badContent(handle, tier.location, `its block at byte ${bad} has another sum than when it was saved`)
  if (!isWhole) target.set(blocks.subarray(offset - start, offset - start + length))
  return target
}

/** The same of a file that is in memory. */
export function cutRange(body: Uint8Array, { offset, target }: Range): Uint8Array {
  target.set(body.subarray(offset, offset + target.byteLength))
  return target
}
