import { expect, it } from 'vitest'

import type { MissedFile } from '../../../../core/archiver/index.ts'
import { createMissedList } from '../../../../core/archiver/missed-list.ts'

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
