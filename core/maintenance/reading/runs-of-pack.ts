import type { BlobIndex } from '../../repository/index.ts'

/** A stretch of a pack to be read at once. Bytes. */
export interface PackRun {
  readonly offset: number
  readonly length: number
  /** Entries of the index that lie in it, in the order of their offsets. */
  readonly within: readonly number[]
}

export const LONGEST_RUN = 32 * 1024 * 1024

/**
 * The stretches of a pack of `size` bytes in which entries lie; `beyond` are those that do not lie in the file. Over as many
 * bytes as `readOn` between them that are not wanted it is read on.
 */
export function runsOfPack(
  index: BlobIndex,
  entries: readonly number[],
  size: number,
  readOn: number,
): { readonly runs: readonly PackRun[]; readonly beyond: readonly number[] } {
  const rows = entries.map((entry) => ({ entry, ...index.locate(entry) })).toSorted((a, b) => a.offset - b.offset)
  const runs: { offset: number; length: number; within: number[] }[] = []
  const beyond: number[] = []
  for (const { entry, offset, length } of rows) {
    const end = offset + length
    // Of a pack that is not there the size is NaN.
    if (!(end <= size)) {
      beyond.push(entry)
      continue
    }
    const last = runs.at(-1)
    if (last && offset - (last.offset + last.length) <= readOn && end - last.offset <= LONGEST_RUN) {
      last.length = Math.max(last.length, end - last.offset)
      last.within.push(entry)
    } else runs.push({ offset, length, within: [entry] })
  }
  return { runs, beyond }
}

/** Two runs in the place of one: `within` are its entries, two or more. */
export function halvesOf(index: BlobIndex, within: readonly number[]): readonly PackRun[] {
  const middle = within.length >>> 1
  return [within.slice(0, middle), within.slice(middle)].map((half) => {
    const places = half.map((entry) => index.locate(entry))
    const offset = places[0]?.offset ?? 0
    const end = places.reduce((furthest, each) => Math.max(furthest, each.offset + each.length), offset)
    return { offset, length: end - offset, within: half }
  })
}
