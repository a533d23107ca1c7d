import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { goModeFromUnix, type Node } from '../../core/snapshot/index.ts'
import { craftNode } from '../support/crafted-tree.ts'
import { useHostileSpace, RAW_METADATA } from '../support/hostile-space.ts'
import { isRoot, rootOnly } from '../support/privilege.ts'

const NO_ID = 2 ** 32 - 1

const deviceNode = (name: string, device: bigint): Node =>
  craftNode(name, { type: 'chardev', mode: goModeFromUnix(0o020_600), content: null, device })

describe('folders and metadata that somebody made up', () => {
  const suite = useHostileSpace()

  it('one folder twice is restored twice', async () => {
    const inner = suite.space.craft.tree(suite.space.craft.file('below', 'the same'))
    const tree = suite.space.craft.tree(suite.space.craft.folder('one', inner), suite.space.craft.folder('two', inner))
    expect((await suite.space.restore(tree)).problems).toEqual([])
    for (const name of ['one/below', 'two/below']) expect(readFileSync(suite.space.at(name), 'utf8')).toBe('the same')
  })

  it('folders without a tree, or with one that is missing or none, are named; those beside them are whole', async () => {
    const missing = Buffer.alloc(32, 7)
    const garbage = suite.space.craft.rawTree('no tree')
    const { problems } = await suite.space.restore(
      suite.space.craft.tree(
        suite.space.craft.folder('garbage', garbage),
        suite.space.craft.folder('missing', missing),
        suite.space.craft.folder('none', missing, { subtree: undefined }),
        suite.space.craft.folder('whole', suite.space.craft.tree(suite.space.craft.file('below', 'fine'))),
      ),
    )
    expect(problems).toEqual([
      `file hostile/garbage: Tree ${garbage.toString('hex')} is damaged at byte 0: an object was expected`,
      `file hostile/missing: The tree ${missing.toString('hex')} is in no index`,
      'file hostile/none: it is a folder, and the snapshot does not say what is in it',
    ])
    expect(readFileSync(suite.space.at('whole/below'), 'utf8')).toBe('fine')
  })

  it('folders in each other, a thousand times, are restored: deeper than a path reaches', async () => {
    let tree = suite.space.craft.tree(suite.space.craft.file('bottom', 'reached'))
    for (let level = 0; level < 1000; level++) tree = suite.space.craft.tree(suite.space.craft.folder('deeper', tree))
    expect((await suite.space.restore(tree)).problems).toEqual([])
    const bottom = execFileSync('find', ['.', '-name', 'bottom', '-execdir', 'cat', '{}', ';'], {
      cwd: suite.space.at(),
    })
    expect(bottom.toString()).toBe('reached')
  })

  it('folders in each other without end are cut off and named', async () => {
    let tree = suite.space.craft.tree(suite.space.craft.file('bottom', 'too deep'))
    for (let level = 0; level < 500; level++)
      tree = suite.space.craft.tree(suite.space.craft.folder('x'.repeat(200), tree))
    const { problems } = await suite.space.restore(tree)
    expect(problems).toEqual([expect.stringContaining('it lies deeper than paths of 16384 bytes reach')])
  })

  it('times that are none are named with their file; those beside it are restored', async () => {
    const bad = (name: string, field: string): string =>
      suite.space.rawFile(name, name).replace(`"${field}":"2026`, `"${field}":"2o26`)
    const nodes = [bad('atime', 'atime'), suite.space.rawFile('fine', 'fine'), bad('mtime', 'mtime')]
    const { problems } = await suite.space.restore(suite.space.craft.rawTree(`{"nodes":[${nodes.join(',')}]}`))
    expect(problems).toEqual([
      expect.stringMatching(/^file hostile\/atime: .*atime is not a time/),
      expect.stringMatching(/^file hostile\/mtime: .*mtime is not a time/),
    ])
    expect(readFileSync(suite.space.at('fine'), 'utf8')).toBe('fine')
  })

  it('times of a folder that are none do not take away what is in it', async () => {
    const node = suite.space
      .rawFolder('x', suite.space.craft.tree(suite.space.craft.file('below', 'fine')))
      .replaceAll('2026', '2o26')
    const { problems } = await suite.space.restore(suite.space.craft.rawTree(`{"nodes":[${node}]}`))
    expect(problems).toEqual([expect.stringMatching(/^times hostile\/x: .*mtime is not a time|atime is not a time/)])
    expect(readFileSync(suite.space.at('x/below'), 'utf8')).toBe('fine')
  })

  it('an owner or attribute that nothing can have is named, and lends no rights', async () => {
    const extendedAttributes = [
      { name: Buffer.from('user.a'), value: Buffer.from('kept') },
      { name: Buffer.from('user.b'), value: Buffer.alloc(70_000) },
    ]
    const { problems, restored } = await suite.space.restore(
      suite.space.craft.tree(
        suite.space.craft.file('attribute', 'x', { extendedAttributes }),
        suite.space.craft.file('owner', 'x', { uid: NO_ID, gid: NO_ID, mode: goModeFromUnix(0o106_755) }),
      ),
    )
    expect(problems).toEqual([
      expect.stringMatching(/^attributes hostile\/attribute: E(2BIG|NOSPC|RANGE)/),
      'owner hostile/owner: 4294967295:4294967295 can own nothing',
    ])
    expect(restored.filesLost).toBe(0)
    expect(lstatSync(suite.space.at('owner')).mode & 0o7777).toBe(0o755)
  })

  it('kinds that cannot be restored, or that nobody knows, are named', async () => {
    const nodes = ['irregular', 'socket', 'whiteout'].map(
      (type) => `{"name":"${type}","type":"${type}",${RAW_METADATA},"content":null}`,
    )
    const { problems } = await suite.space.restore(suite.space.craft.rawTree(`{"nodes":[${nodes.join(',')}]}`))
    expect(problems).toEqual([
      'file hostile/irregular: entries of type irregular cannot be restored',
      'file hostile/socket: entries of type socket cannot be restored',
      'file hostile/whiteout: "whiteout" is a node type that this version does not know',
    ])
  })

  it(`devices are made in the target, and nothing is written to them${rootOnly}`, { skip: !isRoot }, async () => {
    // The numbers of /dev/full: who writes to it is told that there is no room.
    const full = 0x107
    const tree = suite.space.craft.tree(deviceNode('full', BigInt(full)), deviceNode('huge', 2n ** 64n - 1n))
    const { problems } = await suite.space.restore(tree)
    expect(problems.filter((problem) => problem.includes('hostile/full'))).toEqual([])
    expect(lstatSync(suite.space.at('full')).rdev).toBe(full)
    expect(
      (await suite.space.restore(suite.space.craft.tree(suite.space.craft.file('full', 'a file now')))).problems,
    ).toEqual([])
    expect(readFileSync(suite.space.at('full'), 'utf8')).toBe('a file now')
  })
})
