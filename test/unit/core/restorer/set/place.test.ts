import { expect, it } from 'vitest'

import { pathOf, placeOfPath } from '../../../../../core/restorer/set/place.ts'

it.each([
  ['a', '', 'a'],
  ['a/b', 'a', 'b'],
  ['a/b/c', 'a/b', 'c'],
])('%s lies in "%s" as %s', (path, folder, name) => {
  const place = placeOfPath(Buffer.from(path))
  expect([place.folder.toString(), place.name.toString()]).toEqual([folder, name])
  expect(pathOf(place).toString()).toBe(path)
})
