import { Refusal } from '../answer/refusal.ts'

export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/**
 * The range that is asked for of a file of so many bytes (RFC 9110, 14.2); undefined: all of it, as for several ranges and
 * whatever else may be passed over. Throws a `Refusal` (416) where it begins behind the end.
 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(header ?? '') ?? []
  const [, suffix] = /^bytes=-(\d{1,15})$/.exec(header ?? '') ?? []
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size)
    if (length === 0) throw behindTheEnd(size)
    return { offset: size - length, length }
  }
  if (first === undefined) return undefined
  const offset = Number(first)
  const end = last === undefined ? size : Math.min(Number(last) + 1, size)
  if (last !== undefined && Number(last) < offset) return undefined
  if (offset >= size) throw behindTheEnd(size)
  return { offset, length: end - offset }
}

function behindTheEnd(size: number): Refusal {
  return new Refusal('input/invalid', `The file has ${size} bytes, and the range begins behind them`, {
    status: 416,
    headers: { 'content-range': `bytes */${size}` },
    safety: 'Nothing was changed.',
    remedy: 'Run restic check: a pack may be shorter than the index says.',
  })
}
