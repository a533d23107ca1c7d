import { beforeAll, describe, expect, it } from 'vitest'

import { createPatternQuery } from '../../../../../../core/cli/repo/find/pattern-query.ts'
import { createTreeLoader, type Repository } from '../../../../../../core/repository/index.ts'
import { createTreeSearch } from '../../../../../../core/snapshot/index.ts'
import { createCraft } from '../../../../../support/crafted-tree.ts'
import { makeRepositories } from '../../../../../support/made-repository.ts'

let makeRepository: () => Repository
beforeAll(async () => {
  makeRepository = await makeRepositories()
})

/** What is found in folders `0`, `a` and `b`, which hold the very same: the file x of another time than they have. */
async function find(patterns: readonly string[], times: { oldest?: bigint; newest?: bigint } = {}): Promise<string[]> {
  const repository = makeRepository()
  const craft = createCraft(repository)
  const same = craft.tree(craft.file('x', 'x', { mtime: 5n }))
  const root = craft.tree(...['0', 'a', 'b'].map((name) => craft.folder(name, same, { mtime: 1n })))
  await craft.store()
  const found: string[] = []
  const { root: folder, ...query } = createPatternQuery(
    { patterns, ignoreCase: false, oldest: times.oldest, newest: times.newest },
    (_, name, { path }) => found.push(path.toString() + name.toString()),
  )
  const search = createTreeSearch(createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' })), {
    ...query,
    unreadable: (_, error) => {
      throw error
    },
    pause: () => undefined,
  })
  await search.search(root, folder)
  return found
}

describe('folders that hold the same', () => {
  it.each([
    [['x'], ['/0/x', '/a/x', '/b/x']],
    [['b'], ['/b', '/b/x']],
    [['b/x'], ['/b/x']],
    [
      ['/a', 'nothing'],
      ['/a', '/a/x'],
    ],
    [['**/b/x'], ['/b/x']],
    [['!b'], ['/b', '/b/x']],
    [[''], ['/0', '/0/x', '/a', '/a/x', '/b', '/b/x']],
    [['nothing'], []],
  ])('have %j at %j, each by its own path', async (patterns, found) => {
    expect(await find(patterns)).toEqual(found)
  })

  it('are found by time to the nanosecond, and so is what is in them', async () => {
    expect(await find(['b'], { oldest: 5n })).toEqual(['/b/x'])
    expect(await find(['b'], { oldest: 6n })).toEqual([])
    expect(await find(['b'], { newest: 1n })).toEqual(['/b'])
    expect(await find(['b'], { newest: 0n })).toEqual([])
  })
})
