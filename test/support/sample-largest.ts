import * as fc from 'fast-check'

/** Of `drawn` values of the arbitrary the `count` that weigh most: a draw may otherwise be of next to nothing. */
export function sampleLargest<T>(
  arbitrary: fc.Arbitrary<T>,
  { drawn, count }: { readonly drawn: number; readonly count: number },
  weight: (value: T) => number,
): T[] {
  return fc
    .sample(arbitrary, drawn)
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, count)
}
