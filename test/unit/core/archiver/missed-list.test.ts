import { expect, it } from 'vitest'

import type { MissedFile } from '../../../../core/archiver/index.ts'
import { createMissedList, MOST_KEPT } from '../../../../core/archiver/missed-list.ts'

const missed = (path: string, kind: MissedFile['kind'] = 'unreadable', reason = 'EACCES'): MissedFile => ({
  path: Buffer.from(path, 'latin1'),
  kind,
  reason,
})

it('a list of missed files has each thing once, in the order in which they came', () => {
  const list = createMissedList()
  const different = [
    missed('/b'),
    missed('/a'),
    missed('/a', 'changed'),
    missed('/a', 'unreadable', 'EIO'),
    missed('/\xff'),
    missed('/\xfe'),
  ]
  for (const file of [...different, missed('/b'), missed('/\xff')]) list.add(file)
  expect(list.files).toEqual(different)
})

it('a list of missed files keeps no more than the first thousand, and tells of each', () => {
  let told = 0
  const list = createMissedList(() => told++)
  for (let file = 0; file < 100_000; file++) {
    // What comes twice comes soon.
    for (const _ of [1, 2]) list.add(missed(`/${file}`, 'name-not-utf8'))
  }
  expect(list.files).toHaveLength(MOST_KEPT)
  expect(list.files.at(-1)).toEqual(missed('/999', 'name-not-utf8'))
  expect([list.count, told]).toEqual([100_000, 100_000])
  expect(list.isWorthTrying).toBe(false)
  list.add(missed('/locked'))
  expect(list.isWorthTrying).toBe(true)
})
