import { describe, expect, it } from 'vitest'

import { addressOf, buildRootTree, outermostOf, type RootFolder } from '../../../../core/archiver/root-tree.ts'
import type { FolderAddress } from '../../../../core/source/index.ts'

const identityOf = (number: number) => ({ device: BigInt(number), inode: 7n })
const rootsOf = (...paths: readonly string[]) =>
  paths.map((path, number) => ({
    path: Buffer.from(path, 'latin1'),
    readFrom: Buffer.from(path, 'latin1'),
    identity: identityOf(number),
  }))

/** A folder as nested names, where a root is the number of its device. */
function shown({ whole, roots, folders }: RootFolder): unknown {
  if (whole) return Number(whole.identity.device)
  return {
    ...Object.fromEntries([...roots].map(([name, { identity }]) => [name, Number(identity.device)])),
    ...Object.fromEntries([...folders].map(([name, folder]) => [name, shown(folder)])),
  }
}

describe('the tree of roots', () => {
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
    expect(shown(buildRootTree(rootsOf(...paths)))).toEqual(tree)
  })

  it('knows the path of each folder on the way, byte for byte', () => {
    const root = buildRootTree(rootsOf('/a/caf\xe9/b'))
    const folder = root.folders.get('a')?.folders.get('caf\xe9')
    expect([root.path, folder?.path]).toEqual([Buffer.from('/'), Buffer.from('/a/caf\xe9', 'latin1')])
  })
})

const address = (path: string, root?: FolderAddress['root']) => ({
  path: Buffer.from(path),
  readFrom: Buffer.from(path),
  root,
})
const entry = (name: string, number: number) => ({ name, readName: name, identity: identityOf(number) })

describe('the addresses of roots', () => {
  it('are those of roots that lie in no other one, each as the one entry of its folder', () => {
    const roots = rootsOf('/home/ada/deep', '/home/ada', '/srv', '/home/bob', '/srv/data')
    expect(outermostOf(buildRootTree(roots)).map(addressOf)).toEqual([
      address('/', entry('srv', 2)),
      address('/home', entry('ada', 1)),
      address('/home', entry('bob', 3)),
    ])
  })

  it('are the root alone, where that is one of them', () => {
    expect(outermostOf(buildRootTree(rootsOf('/home', '/'))).map(addressOf)).toEqual([
      { ...address('/'), identity: identityOf(1) },
    ])
  })

  it.each([
    { path: '/home/ada', readFrom: '/shadow/7/data', folder: '/shadow/7', readName: 'data' },
    { path: '/home', readFrom: '/shadow', folder: '/', readName: 'shadow' },
    // The top of a shadow copy has no name of its own.
    { path: '/home', readFrom: '/', folder: '/', readName: '.' },
  ])('say where a shadow copy is read: $path at $readFrom', ({ path, readFrom, folder, readName }) => {
    const root = { path: Buffer.from(path), readFrom: Buffer.from(readFrom), identity: identityOf(0) }
    expect(addressOf(root)).toMatchObject({
      path: Buffer.from(path.slice(0, path.lastIndexOf('/')) || '/'),
      readFrom: Buffer.from(folder),
      root: { name: path.slice(path.lastIndexOf('/') + 1), readName, identity: identityOf(0) },
    })
  })
})
