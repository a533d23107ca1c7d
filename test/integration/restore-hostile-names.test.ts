import { lstatSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import type { Node } from '../../core/snapshot/index.ts'
import { craftNode } from '../support/crafted-tree.ts'
import { useHostileSpace, RAW_METADATA } from '../support/hostile-space.ts'

const LONG = 'x'.repeat(300)

const linkTo = (name: string, target: string, changes: Partial<Node> = {}): Node =>
  craftNode(name, { type: 'symlink', linkTarget: Buffer.from(target), content: null, ...changes })

describe('names and links that somebody made up', () => {
  const suite = useHostileSpace()

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
    const { problems, restored } = await suite.space.restore(
      suite.space.craft.rawTree(
        `{"nodes":[${suite.space.rawFile('!first', 'first')},${suite.space.rawFile(name, 'escaped')}]}`,
      ),
    )
    expect(problems).toEqual([
      expect.stringMatching(
        /^file hostile: Tree [0-9a-f]{64} is damaged at byte \d+: a node has a name that no file can have/,
      ),
    ])
    expect(restored.lost).toBe(1)
    expect(readdirSync(suite.space.at())).toEqual(['!first'])
  })

  it('are no names of folders: nothing of what these hold is restored', async () => {
    const inner = suite.space.craft.tree(suite.space.craft.file('precious', 'overwritten'))
    const { problems } = await suite.space.restore(
      suite.space.craft.rawTree(`{"nodes":[${suite.space.rawFolder('../outside', inner)}]}`),
    )
    expect(problems).toHaveLength(1)
    expect(readFileSync(suite.space.beside('outside/precious'), 'utf8')).toBe('precious')
  })

  it('are too long for a file system: named one by one', async () => {
    const inner = suite.space.craft.tree(suite.space.craft.file('below', 'lost with its folder'))
    const { problems } = await suite.space.restore(
      suite.space.craft.tree(
        suite.space.craft.file(LONG, 'one'),
        suite.space.craft.folder(`${LONG}y`, inner),
        suite.space.craft.file('z', 'fine'),
      ),
    )
    expect(problems).toEqual([
      expect.stringMatching(/^file hostile\/x{300}: x{300} cannot be made \(ENAMETOOLONG\)$/),
      expect.stringMatching(/^file hostile\/x{300}y: x{300}y cannot be .* \(ENAMETOOLONG\); nothing that lies in it/),
    ])
    expect(readdirSync(suite.space.at())).toEqual(['z'])
  })

  it.each(['link folder', 'folder link', 'file file'])('come twice, as %s', async (which) => {
    const nodes: Readonly<Record<string, string>> = {
      file: suite.space.rawFile('x', 'x'),
      folder: suite.space.rawFolder('x', suite.space.craft.tree(suite.space.craft.file('precious', 'overwritten'))),
      link: `{"name":"x","type":"symlink",${RAW_METADATA},"linktarget":"../../outside","content":null}`,
    }
    const both = which.split(' ').map((kind) => nodes[kind])
    const { problems } = await suite.space.restore(suite.space.craft.rawTree(`{"nodes":[${both.join(',')}]}`))
    expect(problems).toEqual([expect.stringContaining('two nodes have one name')])
  })

  it('are in no order', async () => {
    const nodes = `${suite.space.rawFile('b', '1')},${suite.space.rawFile('a', '2')}`
    const { problems } = await suite.space.restore(suite.space.craft.rawTree(`{"nodes":[${nodes}]}`))
    expect(problems).toEqual([expect.stringContaining('its names are not in order')])
    expect(readdirSync(suite.space.at())).toEqual(['b'])
  })

  it('lead out: a later snapshot with a folder there does not go through', async () => {
    expect((await suite.space.restore(suite.space.craft.tree(linkTo('x', '../../outside')))).problems).toEqual([])
    expect(readlinkSync(suite.space.at('x'))).toBe('../../outside')
    const inner = suite.space.craft.tree(
      suite.space.craft.file('precious', 'overwritten'),
      suite.space.craft.file('new', 'planted'),
    )
    const { problems } = await suite.space.restore(suite.space.craft.tree(suite.space.craft.folder('x', inner)))
    expect(problems).toEqual([
      'file hostile/x: x is in the way and is no folder (ENOTDIR); nothing that lies in it is restored',
    ])
    expect(readdirSync(suite.space.beside('outside'))).toEqual(['deeper', 'precious'])
  })

  it('lead out: a later snapshot with a file there does not write through', async () => {
    symlinkSync('../escape', join(suite.space.target, 'file'))
    const tree = suite.space.craft.tree(suite.space.craft.file('file', 'restored'))
    await suite.space.craft.store()
    expect((await suite.scene.restore(tree, suite.space.target)).problems).toEqual([])
    expect(readFileSync(suite.space.beside('escape'), 'utf8')).toBe('precious')
    expect(lstatSync(join(suite.space.target, 'file')).isFile()).toBe(true)
  })

  it('have a tree though they are links: they are made as links, and what the tree holds is nowhere', async () => {
    const subtree = suite.space.craft.tree(suite.space.craft.file('precious', 'overwritten'))
    expect(
      (await suite.space.restore(suite.space.craft.tree(linkTo('x', '../../outside', { subtree })))).problems,
    ).toEqual([])
    expect(lstatSync(suite.space.at('x')).isSymbolicLink()).toBe(true)
  })

  it('point nowhere, to a NUL, or farther than a path goes: named', async () => {
    const { problems } = await suite.space.restore(
      suite.space.craft.tree(linkTo('a', ''), linkTo('b', 'x\0y'), linkTo('c', 'x'.repeat(5000)), linkTo('d', 'fine')),
    )
    const named = problems.map((problem) => problem.split(':')[0])
    expect(named).toEqual(['file hostile/a', 'file hostile/b', 'file hostile/c'])
    expect(readdirSync(suite.space.at())).toEqual(['d'])
  })

  it('are one file by number only: those with other content stay files of their own', async () => {
    const same = { links: 2n, inode: 5n, deviceId: 0n }
    const nodes = [
      suite.space.craft.file('one', '1', same),
      suite.space.craft.file('other', '2', same),
      suite.space.craft.file('same', '1', same),
    ]
    expect((await suite.space.restore(suite.space.craft.tree(...nodes))).problems).toEqual([])
    expect(['one', 'other', 'same'].map((name) => readFileSync(suite.space.at(name), 'utf8'))).toEqual(['1', '2', '1'])
    expect(lstatSync(suite.space.at('one')).ino).toBe(lstatSync(suite.space.at('same')).ino)
  })
})
