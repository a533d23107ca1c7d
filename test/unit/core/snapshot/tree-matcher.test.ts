import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { EntryFacts } from '../../../../core/file-system/index.ts'
import {
  createTreeMatcher,
  goModeFromUnix,
  type MatchedTree,
  type Node,
  type Owners,
  readNode,
  TreeWriter,
  unixModeFromGo,
} from '../../../../core/snapshot/index.ts'
import { factsOf, ownersOf } from './facts.ts'
import { folder, sampleNode } from './sample-node.ts'

const ANNA = { userName: () => 'anna', groupName: () => 'users' }

function treeOf(...nodes: Node[]): Buffer {
  const writer = new TreeWriter()
  for (const node of nodes) writer.add(node)
  return Buffer.from(writer.finish())
}

function open(tree: Uint8Array, owners: Owners = ANNA): MatchedTree {
  const matched = createTreeMatcher(owners).open(tree)
  if (!matched) throw new Error('the tree was not taken')
  return matched
}

/** A node as the archiver writes those of regular files. */
function asFile(node: Node): Node {
  return {
    ...node,
    type: 'file',
    mode: goModeFromUnix((node.mode & 0o7777) | 0o100000),
    links: BigInt.asUintN(32, node.links),
    linkTarget: undefined,
    genericAttributes: undefined,
    device: 0n,
    content: node.content ?? Buffer.alloc(0),
    subtree: undefined,
    error: '',
    unknown: undefined,
  }
}

describe('a tree matcher', () => {
  it('finds files that are as they were, and tells where their nodes stand and what is in them', () => {
    const content = Buffer.concat([Buffer.alloc(32, 0x2d), Buffer.alloc(32, 0xe1)])
    const [a, b, c] = [sampleNode('a'), sampleNode('b', { content }), sampleNode('c', { content: Buffer.alloc(0) })]
    const tree = treeOf(a, b, c)
    const matched = open(tree)
    expect(matched.find('b', factsOf(b))).toBe('same')
    expect(readNode(tree.subarray(matched.start, matched.end)).node()).toMatchObject({ name: b.name, content })
    expect(Array.from({ length: matched.idCount }, (_, i) => Buffer.from(matched.id(i)))).toEqual([
      content.subarray(0, 32),
      content.subarray(32),
    ])
    expect(matched.find('c', factsOf(c))).toBe('same')
    expect(matched.idCount).toBe(0)
    expect(matched.find('d', factsOf(c))).toBe('absent')
  })

  it.each<[string, Partial<EntryFacts>]>([
    ['size', { sizeLow: 2 }],
    ['size beyond 4 GiB', { sizeHigh: 1 }],
    ['inode', { inodeLow: 2_146_914 }],
    ['inode beyond 2^32', { inodeHigh: 1 }],
    ['file system', { deviceLow: 65_025 }],
    ['links', { links: 2 }],
    ['mtime', { mtime: 1_732_147_333 }],
    ['mtime in a nanosecond', { mtimeNanos: 674_536_299 }],
    ['ctime', { ctime: 1_732_147_331 }],
    ['ctime in a nanosecond', { ctimeNanos: 600_000_001 }],
    ['mode', { mode: 0o100600 }],
    ['user', { uid: 1001 }],
    ['group', { gid: 101 }],
  ])('sees that the %s is another', (_, change) => {
    const node = sampleNode('a')
    const tree = treeOf(node, sampleNode('b'))
    const matched = open(tree)
    expect(matched.find('a', { ...factsOf(node), ...change })).toBe('other')
    expect(readNode(tree.subarray(matched.start, matched.end)).name.toString()).toBe('a')
    expect(matched.find('b', factsOf(node))).toBe('same')
  })

  it.each([
    ['user', { userName: () => 'annabel', groupName: () => 'users' }],
    ['group', { userName: () => 'anna', groupName: () => '' }],
  ])('sees that the %s is called otherwise now', (_, owners) => {
    const node = sampleNode('a')
    expect(open(treeOf(node), owners).find('a', factsOf(node))).not.toBe('same')
  })

  it('takes the names of owners anew when the owner is another', () => {
    const nodes = [sampleNode('a'), sampleNode('b', { uid: 7, user: 'b' }), sampleNode('c')]
    const matched = open(treeOf(...nodes), { ...ANNA, userName: (id) => (id === 7 ? 'b' : 'anna') })
    expect(nodes.map((node) => matched.find(node.name.toString(), factsOf(node)))).toEqual(['same', 'same', 'same'])
  })

  it('reads times that were written in any zone', () => {
    const node = sampleNode('a')
    const text = treeOf(node).toString()
    const there = text.replace(
      '"mtime":"2024-11-21T00:02:12.674536298Z',
      '"mtime":"2024-11-20T18:32:12.674536298-05:30',
    )
    expect(there).not.toBe(text)
    expect(open(Buffer.from(there)).find('a', factsOf(node))).toBe('same')
    const elsewhere = there.replace('-05:30', '-05:31')
    expect(open(Buffer.from(elsewhere)).find('a', factsOf(node))).toBe('other')
  })

  it('keeps trees apart that are open at once, and takes their place again', () => {
    const outer = [sampleNode('a'), sampleNode('c')]
    const inner = [sampleNode('b', { size: 2n })]
    const matcher = createTreeMatcher(ANNA)
    const first = matcher.open(treeOf(...outer))
    for (let round = 0; round < 3; round++) {
      const second = matcher.open(treeOf(...inner))
      expect(second?.find('b', factsOf(sampleNode('b', { size: 2n })))).toBe('same')
      second?.close()
    }
    expect(first?.find('a', factsOf(sampleNode('a')))).toBe('same')
    expect(first?.find('c', factsOf(sampleNode('c')))).toBe('same')
  })

  it('grows for large trees, and leaves those to others that are larger than all its memory', () => {
    const nodes = Array.from({ length: 2000 }, (_, i) => sampleNode(`file-${String(i).padStart(6, '0')}`))
    const matched = open(treeOf(...nodes))
    expect(nodes.map((node) => matched.find(node.name.toString(), factsOf(node)))).toEqual(nodes.map(() => 'same'))
    expect(createTreeMatcher(ANNA).open(Buffer.alloc(33 * 1024 * 1024))).toBeUndefined()
  })

  it('does not judge what is not stored as restic and Holdfast do', () => {
    const node = sampleNode('a')
    const text = treeOf(node).toString()
    expect(createTreeMatcher(ANNA).open(Buffer.from(` ${text}`))).toBeUndefined()
    const judged = (tree: string) => open(Buffer.from(tree)).find('a', factsOf(node))
    expect(judged(text)).toBe('same')
    expect(judged(text.replace('"name":"a"', '"name":"\\u0061"'))).toBe('unsure')
    expect(judged(text.replace('"name":"a","type":"file"', '"type":"file","name":"a"'))).toBe('unsure')
    expect(judged(text.replace('"size":1,', '"size": 1,'))).toBe('other')
    expect(judged(text.replace('"size":1,', '"size":01,'))).toBe('other')
    expect(judged(text.replace('"content":', '"later":1,"content":'))).toBe('other')
    expect(judged(text.replace('2d2d', '2D2d'))).toBe('other')
    expect(judged(text.slice(0, -10))).toBe('unsure')
  })

  it('says the same as the reader of trees of whatever files there are', () => {
    fc.assert(
      fc.property(folder, fc.nat(), (nodes, pick) => {
        const files = nodes.map(asFile)
        const node = files[pick % Math.max(1, files.length)]
        if (!node) return
        const tree = treeOf(...files)
        const matched = open(tree, ownersOf(node))
        const facts = factsOf(node)
        const name = node.name.toString('latin1')
        const answer = matched.find(name, facts)
        // What is stored with escapes is left to the reader.
        const isPlain = files.every((file) => /^[!#-%'-;=?-[\]-~]+$/.test(file.name.toString('latin1')))
        const texts = [node.user, node.group, ...(node.extendedAttributes ?? []).map((a) => a.name.toString())]
        if (isPlain && texts.every((text) => /^[!#-%'-;=?-[\]-~]*$/.test(text))) expect(answer).toBe('same')
        if (answer !== 'same') return
        expect(readNode(tree.subarray(matched.start, matched.end)).node()).toMatchObject({
          name: node.name,
          size: node.size,
          mtime: node.mtime,
          ctime: node.ctime,
          inode: node.inode,
          links: node.links,
          uid: node.uid,
          user: node.user,
          content: node.content,
        })
        expect(unixModeFromGo(node.mode)).toBe(facts.mode)
      }),
      { numRuns: 2000 },
    )
  })

  it('never takes damaged bytes for the same file, and always ends', () => {
    const nodes = [
      sampleNode('a'),
      sampleNode('b', { extendedAttributes: [{ name: Buffer.from('user.x'), value: Buffer.alloc(3) }] }),
      sampleNode('c'),
    ]
    const tree = treeOf(...nodes)
    fc.assert(
      fc.property(fc.nat(tree.length - 1), fc.nat(255), fc.nat(tree.length), (at, byte, length) => {
        const damaged = Buffer.from(tree.subarray(0, Math.max(length, 1)))
        damaged[at % damaged.length] = byte
        const matched = createTreeMatcher(ANNA).open(damaged)
        for (const node of nodes) {
          if (matched?.find(node.name.toString(), factsOf(node)) !== 'same') continue
          const read = readNode(damaged.subarray(matched.start, matched.end))
          expect(read.name).toEqual(node.name)
          expect({ size: read.size, mtime: read.mtime, ctime: read.ctime, inode: read.inode, user: read.user }).toEqual(
            {
              size: node.size,
              mtime: node.mtime,
              ctime: node.ctime,
              inode: node.inode,
              user: node.user,
            },
          )
        }
      }),
      { numRuns: 3000 },
    )
  })
})
