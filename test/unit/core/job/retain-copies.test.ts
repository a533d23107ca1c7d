import { expect, it } from 'vitest'

import { copiesToRemove } from '../../../../core/job/kinds/retain-copies.ts'

const MINUTE = 60_000_000_000n
const DAY = 24n * 60n * MINUTE
const NOW = 1_795_000_000_000_000_000n

const copiesOf = (times: readonly bigint[]) =>
  times.map((ns, at) => ({ id: `copy ${at}`, time: { ns, offsetMinutes: 0 } }))
const every = (step: bigint, count: number, until = NOW): bigint[] =>
  Array.from({ length: count }, (_, at) => until - step * BigInt(count - 1 - at))

it('of a copy a minute over two days, ten stay and one of each day before', () => {
  const copies = copiesOf(every(MINUTE, 2880))
  const gone = new Set(copiesToRemove(copies, 'copy 2879'))
  const left = copies.filter(({ id }) => !gone.has(id))
  expect(left.slice(-10).map(({ id }) => id)).toEqual(copies.slice(-10).map(({ id }) => id))
  // The day before, the day before that, and the very first, as long as there are fewer than thirty days.
  expect(left).toHaveLength(13)
})

it('of a copy a day, forty stay no longer than thirty days have one', () => {
  const copies = copiesOf(every(DAY, 100))
  expect(100 - copiesToRemove(copies, 'copy 99').length).toBe(30)
})

it('whatever the clock said, the one that was just made stays, and no more go than by a right one', () => {
  // It was three years ahead for forty days; now it is set right.
  const ahead = every(DAY, 40, NOW + 1000n * DAY)
  const gone = copiesToRemove(copiesOf([...ahead, NOW]), 'copy 40')
  expect(gone).not.toContain('copy 40')
  expect(gone).toHaveLength(10)
})

it('a few copies all stay', () => {
  expect(copiesToRemove(copiesOf(every(MINUTE, 10)), 'copy 9')).toEqual([])
  expect(copiesToRemove([], 'copy')).toEqual([])
})
