import { lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { Node } from '../../core/snapshot/index.ts'
import { type Craft, craftNode } from '../support/crafted-tree.ts'
import { type HostileSpace, makeHostileSpace, RAW_METADATA } from '../support/hostile-space.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'

const LONG = 'x'.repeat(300)

const linkTo = (name: string, target: string, changes: Partial<Node> = {}): Node =>
  craftNode(name, { type: 'symlink', linkTarget: Buffer.from(target), content: null, ...changes })

describe('names and links that somebody made up', () => {
  let scene: RestoreScene
  let space: HostileSpace
  let craft: Craft

  beforeAll(async () => {
    scene = await makeRestoreScene()
  })
  afterAll(() => scene[Symbol.dispose]())
  beforeEach(() => {
    space = makeHostileSpace(scene)
    craft = space.craft
  })

  it.each([
    ['..', '..'],
    ['.', '.'],
    ['nothing', ''],
    ['a path', '../../escape'],
    ['an absolute path', '/etc/holdfast-was-here'],
    ['a slash', 'a/b'],
    ['a NUL', String.raw`a\u0000b`],
    ['a quoted ..', String.raw`\\x2e\\x2e`],
    ['a quoted path', String.raw`..\\x2fescape`],
    ['a quoted NUL', String.raw`a\\x00b`],
  ])('are no names: %s; the folder is named, and what came before is restored', async (_title, name) => {
    const { problems, restored } = await space.restore(
      craft.rawTree(`{"nodes":[${space.rawFile('!first', 'first')},${space.rawFile(name, 'escaped')}]}`),
    )
    expect(problems).toEqual([
      expect.stringMatching(
        /^file hostile: Tree [0-9a-f]{64} is damaged at byte \d+: a node has a name that no file can have/,
      ),
    ])
    expect(restored.lost).toBe(1)
    expect(readdirSync(space.at())).toEqual(['!first'])
  })

  it('are no names of folders: nothing of what these hold is restored', async () => {
    const inner = craft.tree(craft.file('precious', 'overwritten'))
    const { problems } = await space.restore(craft.rawTree(`{"nodes":[${space.rawFolder('../outside', inner)}]}`))
    expect(problems).toHaveLength(1)
    expect(readFileSync(space.beside('outside/precious'), 'utf8')).toBe('precious')
  })

  it('are too long for a file system: named one by one', async () => {
    const inner = craft.tree(craft.file('below', 'lost with its folder'))
    const { problems } = await space.restore(
      craft.tree(craft.file(LONG, 'one'), craft.folder(`${LONG}y`, inner), craft.file('z', 'fine')),
    )
    expect(problems).toEqual([
      expect.stringMatching(/^file hostile\/x{300}: x{300} cannot be made \(ENAMETOOLONG\)$/),
      expect.stringMatching(/^file hostile\/x{300}y: x{300}y cannot be .* \(ENAMETOOLONG\); nothing that lies in it/),
    ])
    expect(readdirSync(space.at())).toEqual(['z'])
  })

  it.each(['link folder', 'folder link', 'file file'])('come twice, as %s', async (which) => {
    const nodes: Readonly<Record<string, string>> = {
      file: space.rawFile('x', 'x'),
      folder: space.rawFolder('x', craft.tree(craft.file('precious', 'overwritten'))),
      link: `{"name":"x","type":"symlink",${RAW_METADATA},"linktarget":"../../outside","content":null}`,
    }
    const both = which.split(' ').map((kind) => nodes[kind])
    const { problems } = await space.restore(craft.rawTree(`{"nodes":[${both.join(',')}]}`))
    expect(problems).toEqual([expect.stringContaining('two nodes have one name')])
  })

  it('are in no order', async () => {
    const nodes = `${space.rawFile('b', '1')},${space.rawFile('a', '2')}`
    const { problems } = await space.restore(craft.rawTree(`{"nodes":[${nodes}]}`))
    expect(problems).toEqual([expect.stringContaining('its names are not in order')])
    expect(readdirSync(space.at())).toEqual(['b'])
  })

  it('lead out: a later snapshot with a folder there does not go through', async () => {
    expect((await space.restore(craft.tree(linkTo('x', '../../outside')))).problems).toEqual([])
    expect(readlinkSync(space.at('x'))).toBe('../../outside')
    const inner = craft.tree(craft.file('precious', 'overwritten'), craft.file('new', 'planted'))
    const { problems } = await space.restore(craft.tree(craft.folder('x', inner)))
    expect(problems).toEqual([
      'file hostile/x: x is in the way and is no folder (ENOTDIR); nothing that lies in it is restored',
    ])
    expect(readdirSync(space.beside('outside'))).toEqual(['deeper', 'precious'])
  })

  it('lead out: a later snapshot with a file there does not write through', async () => {
    symlinkSync('../escape', join(space.target, 'file'))
    const tree = craft.tree(craft.file('file', 'restored'))
    await craft.store()
    expect((await scene.restore(tree, space.target)).problems).toEqual([])
    expect(readFileSync(space.beside('escape'), 'utf8')).toBe('precious')
    expect(lstatSync(join(space.target, 'file')).isFile()).toBe(true)
  })

  it('have a tree though they are links: they are made as links, and what the tree holds is nowhere', async () => {
    const subtree = craft.tree(craft.file('precious', 'overwritten'))
    expect((await space.restore(craft.tree(linkTo('x', '../../outside', { subtree })))).problems).toEqual([])
    expect(lstatSync(space.at('x')).isSymbolicLink()).toBe(true)
  })

  it('point nowhere, to a NUL, or farther than a path goes: named', async () => {
    const { problems } = await space.restore(
      craft.tree(linkTo('a', ''), linkTo('b', 'x\0y'), linkTo('c', 'x'.repeat(5000)), linkTo('d', 'fine')),
    )
    const named = problems.map((problem) => problem.split(':')[0])
    expect(named).toEqual(['file hostile/a', 'file hostile/b', 'file hostile/c'])
    expect(readdirSync(space.at())).toEqual(['d'])
  })

  it('are one file by number only: those with other content stay files of their own', async () => {
    const same = { links: 2n, inode: 5n, deviceId: 0n }
    const nodes = [craft.file('one', '1', same), craft.file('other', '2', same), craft.file('same', '1', same)]
    expect((await space.restore(craft.tree(...nodes))).problems).toEqual([])
    expect(['one', 'other', 'same'].map((name) => readFileSync(space.at(name), 'utf8'))).toEqual(['1', '2', '1'])
    expect(lstatSync(space.at('one')).ino).toBe(lstatSync(space.at('same')).ino)
  })
})
