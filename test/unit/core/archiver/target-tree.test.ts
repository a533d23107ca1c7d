import { describe, expect, it } from 'vitest'

import { buildTargetTree, placesOf, type TargetFolder } from '../../../../core/archiver/target-tree.ts'

const targetsOf = (...paths: readonly string[]) =>
  paths.map((path, number) => ({ path: Buffer.from(path, 'latin1'), device: BigInt(number) }))

/** A folder as nested names, where a target is the number of its device. */
function shown({ whole, targets, folders }: TargetFolder): unknown {
  if (whole) return Number(whole.device)
  return {
    ...Object.fromEntries([...targets].map(([name, { device }]) => [name, Number(device)])),
    ...Object.fromEntries([...folders].map(([name, folder]) => [name, shown(folder)])),
  }
}

describe('the tree of targets', () => {
  it.each([
    { paths: [], tree: {} },
    { paths: ['/home'], tree: { home: 0 } },
    { paths: ['/home/ada', '/home/bob', '/srv'], tree: { home: { ada: 0, bob: 1 }, srv: 2 } },
    { paths: ['/home/ada', '/home'], tree: { home: 1 } },
    { paths: ['/home', '/home/ada/deep'], tree: { home: 0 } },
    { paths: ['/home/ada/deep', '/home/bob', '/home/ada'], tree: { home: { ada: 2, bob: 1 } } },
    { paths: ['/homes', '/home'], tree: { homes: 0, home: 1 } },
    { paths: ['/home', '/home'], tree: { home: 1 } },
    { paths: ['/'], tree: 0 },
    { paths: ['/home', '/', '/srv/data'], tree: 1 },
    { paths: ['/caf\xe9/\xff'], tree: { 'caf\xe9': { '\xff': 0 } } },
  ])('of $paths is $tree', ({ paths, tree }) => {
    expect(shown(buildTargetTree(targetsOf(...paths)))).toEqual(tree)
  })

  it('knows the path of each folder on the way, byte for byte', () => {
    const root = buildTargetTree(targetsOf('/a/caf\xe9/b'))
    const folder = root.folders.get('a')?.folders.get('caf\xe9')
    expect([root.path, folder?.path]).toEqual([Buffer.from('/'), Buffer.from('/a/caf\xe9', 'latin1')])
  })
})

const placesIn = (...paths: readonly string[]) =>
  placesOf(buildTargetTree(targetsOf(...paths))).map(({ folder, name, device }) => [
    folder.toString('latin1'),
    name,
    Number(device),
  ])

describe('the places of targets', () => {
  it('are those that lie in no other one', () => {
    expect(placesIn('/home/ada/deep', '/home/ada', '/srv', '/home/bob', '/srv/data')).toEqual([
      ['/', 'srv', 2],
      ['/home', 'ada', 1],
      ['/home', 'bob', 3],
    ])
  })

  it('are the root alone, without a name, where that is one of them', () => {
    expect(placesIn('/home', '/')).toEqual([['/', undefined, 1]])
  })
})
