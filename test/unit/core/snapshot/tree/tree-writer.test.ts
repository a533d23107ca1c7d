import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { TreeReader, TreeWriter, ZERO_TIME } from '../../../../../core/snapshot/index.ts'
import { rejection } from '../rejection.ts'
import { folder, sampleNode } from '../sample-node.ts'

const TIMES = '"mtime":"2024-11-21T00:02:12.674536298Z","atime":"2024-11-21T00:02:12Z","ctime":"2024-11-21T00:02:12.6Z"'

function treeOf(...nodes: Parameters<TreeWriter['add']>[0][]): string {
  const writer = new TreeWriter()
  for (const node of nodes) writer.add(node)
  return writer.finish().toString()
}

describe('a tree writer', () => {
  it('writes an empty folder as restic does', () => {
    expect(treeOf()).toBe('{"nodes":[]}\n')
  })

  it('writes the fields of a file in the order of restic, and no empty ones', () => {
    expect(treeOf(sampleNode('a'))).toBe(
      `{"nodes":[{"name":"a","type":"file","mode":420,${TIMES},"uid":1000,"gid":100,"user":"anna","group":"users",` +
        `"inode":2146913,"device_id":65024,"size":1,"links":1,"content":["${'2d'.repeat(32)}"]}]}\n`,
    )
    const bare = { mode: 0, uid: 0, gid: 0, user: '', group: '', inode: 0n, deviceId: 0n, size: 0n, links: 0n }
    expect(treeOf(sampleNode('a', { ...bare, mtime: ZERO_TIME, content: Buffer.alloc(0) }))).toBe(
      '{"nodes":[{"name":"a","type":"file","mtime":"0001-01-01T00:00:00Z","atime":"2024-11-21T00:02:12Z",' +
        '"ctime":"2024-11-21T00:02:12.6Z","uid":0,"gid":0,"content":[]}]}\n',
    )
  })

  it('writes every other field where restic has it', () => {
    const node = sampleNode('l', {
      type: 'symlink',
      mode: 134_218_239,
      size: 0n,
      linkTarget: Buffer.from('tgt-\xff<', 'latin1'),
      extendedAttributes: [
        { name: Buffer.from('user.b'), value: Buffer.from([0, 0xff]) },
        { name: Buffer.from('user.a'), value: Buffer.alloc(0) },
        { name: Buffer.from('user.c'), value: null },
      ],
      genericAttributes: Buffer.from('{"windows.file_attributes":32}'),
      device: 259n,
      content: null,
      subtree: Buffer.alloc(32, 0xab),
      error: 'a "bad" day',
      unknown: Buffer.from('"later":[1.50]'),
    })
    expect(treeOf(node)).toContain(
      '"links":1,"linktarget":"tgt-\\ufffd\\u003c","linktarget_raw":"dGd0Lf88",' +
        '"extended_attributes":[{"name":"user.b","value":"AP8="},{"name":"user.a","value":""},{"name":"user.c","value":null}],' +
        `"generic_attributes":{"windows.file_attributes":32},"device":259,"content":null,"subtree":"${'ab'.repeat(32)}",` +
        '"error":"a \\"bad\\" day","later":[1.50]}]}\n',
    )
  })

  it('keeps inodes 2^54 and 2^54 + 1 apart, so that they are no hard links of each other', () => {
    const tree = treeOf(sampleNode('a', { inode: 2n ** 54n }), sampleNode('b', { inode: 2n ** 54n + 1n }))
    expect(tree).toContain('"inode":18014398509481984,')
    expect(tree).toContain('"inode":18014398509481985,')
    const reader = new TreeReader(Buffer.from(tree), 'Tree')
    const inodes: bigint[] = []
    while (reader.next()) inodes.push(reader.inode)
    expect(inodes).toEqual([2n ** 54n, 2n ** 54n + 1n])
  })

  it.each([
    9n,
    10n,
    999_999_999n,
    1_000_000_000n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ])('writes the number %s whole', (inode) => {
    expect(treeOf(sampleNode('a', { inode }))).toContain(`"inode":${inode},`)
  })

  it('takes the negative number that lstat makes of an inode from 2^63 up for what it was', () => {
    expect(treeOf(sampleNode('a', { inode: -1n }))).toContain('"inode":18446744073709551615,')
  })

  it('gives back every field of every node', () => {
    fc.assert(
      fc.property(folder, (nodes) => {
        const tree = Buffer.from(treeOf(...nodes))
        const reader = new TreeReader(tree, 'Tree')
        const read = []
        while (reader.next()) read.push(reader.node())
        expect(read).toEqual(nodes)
        expect(treeOf(...read)).toBe(tree.toString())
      }),
    )
  })

  it('writes JSON that any reader reads', () => {
    fc.assert(
      fc.property(folder, (nodes) => {
        const tree: unknown = JSON.parse(treeOf(...nodes))
        expect(tree).toMatchObject({
          nodes: nodes.map(({ user, uid, type }) => (user === '' ? { uid, type } : { user, uid, type })),
        })
      }),
    )
  })

  it('takes encoded nodes over without a change, among new ones', () => {
    const old = Buffer.from(' {"nodes" :[ {"type":"file", "name":"b","later":1e2} ] }')
    const reader = new TreeReader(old, 'Tree')
    reader.next()
    const writer = new TreeWriter()
    writer.add(sampleNode('a'))
    writer.addRaw(Buffer.from('b'), old, reader.rawStart, reader.rawEnd)
    writer.addRaw(Buffer.from('c'), Buffer.from('{"name":"c"}'))
    expect(writer.count).toBe(3)
    const length = writer.byteLength
    const tree = writer.finish()
    expect(tree.length).toBe(length)
    expect(tree.toString()).toContain(',{"type":"file", "name":"b","later":1e2},{"name":"c"}]}\n')
    expect(reader.raw.toString()).toBe('{"type":"file", "name":"b","later":1e2}')
  })

  it('joins the parts of a folder, of any size, and hands them over in memory of their own', () => {
    const names = Array.from({ length: 60_000 }, (_, at) => `file ${String(at).padStart(6, '0')}`)
    const whole = new TreeWriter()
    for (const name of names) whole.add(sampleNode(name))
    const tree = Buffer.from(whole.finish())
    const part = new TreeWriter()
    const parts: Uint8Array<ArrayBuffer>[] = []
    // One small, one beyond what a writer keeps for the next tree.
    for (const [from, to] of [
      [0, 10],
      [10, 60_000],
    ]) {
      for (const name of names.slice(from, to)) part.add(sampleNode(name))
      const nodes = part.finishNodes()
      parts.push(structuredClone(nodes, { transfer: [nodes.buffer] }))
    }
    whole.reset()
    for (const nodes of parts) whole.addNodes(nodes)
    expect(whole.finish().equals(tree)).toBe(true)
    part.add(sampleNode('a'))
    expect(part.finish().toString()).toBe(treeOf(sampleNode('a')))
  })

  it('refuses what is larger than it may be, whether it comes node by node or as a part', () => {
    const { length } = treeOf(...['a', 'b', 'c'].map((name) => sampleNode(name)))
    const writer = new TreeWriter(10_000)
    const count = Math.floor(5000 / (length / 3))
    for (let at = 0; at < count; at++) writer.add(sampleNode(String(at).padStart(3, '0')))
    const nodes = Buffer.from(writer.finishNodes())
    expect(rejection(() => new TreeWriter(nodes.length - 1).addNodes(nodes))).toBe('source/too-large')
    const beyond = (): void => {
      for (let at = 0; at < 4 * count; at++) writer.add(sampleNode(String(at).padStart(3, '0')))
    }
    expect(rejection(beyond)).toBe('source/too-large')
    writer.reset()
    writer.add(sampleNode('a'))
    expect(writer.finish().toString()).toBe(treeOf(sampleNode('a')))
  })

  it('builds one tree after another in the same memory', () => {
    const writer = new TreeWriter()
    writer.add(sampleNode('z'))
    const first = writer.finish().toString()
    expect(writer.count).toBe(0)
    writer.add(sampleNode('a'))
    expect(writer.finish().toString()).toBe(treeOf(sampleNode('a')))
    expect(first).toBe(treeOf(sampleNode('z')))
  })

  it('grows as far as nodes need, however long their names and content are', () => {
    const worst = sampleNode(Buffer.alloc(5000, 0xff), {
      user: '\u{2028}'.repeat(3000),
      linkTarget: Buffer.alloc(4096, 0x01),
      content: Buffer.alloc(32 * 3000, 7),
      error: '<'.repeat(5000),
      extendedAttributes: [{ name: Buffer.alloc(255, 0x3c), value: Buffer.alloc(70_000, 1) }],
    })
    const reader = new TreeReader(Buffer.from(treeOf(sampleNode('a'), worst)), 'Tree')
    expect(reader.next() && reader.next()).toBe(true)
    expect(reader.node()).toEqual(worst)
    expect(reader.next()).toBe(false)
  })

  it('orders names by their bytes, where JavaScript orders them otherwise', () => {
    expect(treeOf(sampleNode('\u{fb01}'), sampleNode('\u{1f600}'))).toContain('\u{1f600}')
    expect(rejection(() => treeOf(sampleNode('\u{1f600}'), sampleNode('\u{fb01}')))).toBe('internal/defect')
  })

  it.each([
    ['a name twice', ['a', 'a']],
    ['a name too late', ['b', 'a']],
    ['a name after a longer one', ['ab', 'a']],
    ['an empty name', ['']],
    ['a slash in a name', ['a/b']],
    ['a NUL in a name', ['a\0b']],
    ['the name .', ['.']],
    ['the name ..', ['..']],
  ])('refuses %s', (_what, names) => {
    expect(rejection(() => treeOf(...names.map((name) => sampleNode(name))))).toBe('internal/defect')
  })

  it('refuses ids that are not whole', () => {
    expect(rejection(() => treeOf(sampleNode('a', { content: Buffer.alloc(33) })))).toBe('internal/defect')
    expect(rejection(() => treeOf(sampleNode('a', { subtree: Buffer.alloc(31) })))).toBe('internal/defect')
  })

  it('is not spoiled by a node that it refused', () => {
    const writer = new TreeWriter()
    writer.add(sampleNode('b'))
    expect(rejection(() => writer.add(sampleNode('a')))).toBe('internal/defect')
    writer.add(sampleNode('c'))
    expect(writer.finish().toString()).toBe(treeOf(sampleNode('b'), sampleNode('c')))
  })
})
