import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { TreeReader, TreeWriter, ZERO_TIME, findNode } from '../../../../../core/snapshot/index.ts'
import { readerOn } from '../../../../support/reader-on.ts'
import { rejection } from '../rejection.ts'
import { folder, sampleNode } from '../sample-node.ts'

/** A reader that stands on the only node of a tree. */
function on(node: string): TreeReader {
  const reader = new TreeReader(Buffer.from(`{"nodes":[${node}]}\n`), 'Tree 1a')
  expect(reader.next()).toBe(true)
  return reader
}

const stat = {
  mode: 0o100644n,
  uid: 1000n,
  gid: 100n,
  nlink: 1n,
  dev: 65_024n,
  ino: 2_146_913n,
  size: 1n,
  mtimeNs: 1_732_147_332_674_536_298n,
  ctimeNs: 1_732_147_332_600_000_000n,
}

function written(changes: Parameters<typeof sampleNode>[1] = {}): TreeReader {
  return readerOn(sampleNode('a', changes))
}

describe('a tree reader', () => {
  it('reads fields in any order, with any white space, escaped in any way', () => {
    const id = '0123456789abcdef'.repeat(4)
    const tree = `\r\n{ "other" : {"nodes":[1]} ,\t"nodes" : [ { "type" : "\\u0066ile" , "siz\\u0065" : 7 ,
      "content" : [ "${id}" , "${id}" ] , "\\u006eame" : "\\u0061\\\\x\\u0066f" } ] , "more" : [ ] } \n`
    const reader = new TreeReader(Buffer.from(tree), 'Tree 1a')
    expect(reader.next()).toBe(true)
    expect(reader.name).toEqual(Buffer.from('a\xff', 'latin1'))
    expect(reader.size).toBe(7n)
    expect(reader.content?.toString('hex')).toBe(id + id)
    expect(reader.next()).toBe(false)
    expect(reader.next()).toBe(false)
  })

  it('takes what is missing or null for nothing, as Go does', () => {
    const reader = on('{"name":"a","type":"file","mode":null,"content":null,"subtree":null,"mtime":null}')
    expect(reader.node()).toEqual({
      name: Buffer.from('a'),
      type: 'file',
      mode: 0,
      mtime: ZERO_TIME,
      atime: ZERO_TIME,
      ctime: ZERO_TIME,
      uid: 0,
      gid: 0,
      user: '',
      group: '',
      inode: 0n,
      deviceId: 0n,
      size: 0n,
      links: 0n,
      linkTarget: undefined,
      extendedAttributes: undefined,
      genericAttributes: undefined,
      device: 0n,
      content: null,
      subtree: undefined,
      error: '',
      unknown: undefined,
    })
  })

  it('tells no content from empty content', () => {
    expect(on('{"name":"a","type":"file","content":[]}').content).toEqual(Buffer.alloc(0))
    expect(on('{"name":"a","type":"dir","content":null}').content).toBeNull()
  })

  it('reads a tree without nodes, also where the list is null', () => {
    expect(new TreeReader(Buffer.from('{"nodes":[]}\n'), 'Tree').next()).toBe(false)
    expect(new TreeReader(Buffer.from('{"nodes":null}'), 'Tree').next()).toBe(false)
  })

  it('prefers the raw target of a symlink, and reads the lossy one of restic 0.14', () => {
    const start = '{"name":"l","type":"symlink","linktarget":"t\\ufffd"'
    expect(on(`${start}}`).linkTarget).toEqual(Buffer.from('t\u{fffd}'))
    expect(on(`${start},"linktarget_raw":"dP8="}`).linkTarget).toEqual(Buffer.from('t\xff', 'latin1'))
  })

  it('keeps unknown fields byte for byte', () => {
    const reader = on('{"new":{"a" :1.50,"name":"x"},"name":"a","é":18446744073709551616,"type":"file"}')
    expect(reader.unknown?.toString()).toBe('"new":{"a" :1.50,"name":"x"},"é":18446744073709551616')
  })

  it('does not mix up one node with the one before it', () => {
    const reader = new TreeReader(
      Buffer.from('{"nodes":[{"name":"\\\\xff","type":"file","user":"u","x":1},{"name":"\\\\xffb","type":"dir"}]}'),
      'Tree',
    )
    expect(reader.next()).toBe(true)
    expect(reader.user).toBe('u')
    expect(reader.next()).toBe(true)
    expect(reader.user).toBe('')
    expect(reader.unknown).toBeUndefined()
    expect(reader.name).toEqual(Buffer.from('\xffb', 'latin1'))
  })

  it('reads a file whose stat did not change as unchanged', () => {
    const reader = written()
    expect(reader.hasContentOf(stat)).toBe(true)
    expect(reader.hasMetadataOf(stat)).toBe(true)
    expect(reader.hasOwnerNames('anna', 'users')).toBe(true)
  })

  it.each(['size', 'mtimeNs', 'ctimeNs', 'ino'] as const)('sees that %s changed by one', (key) => {
    for (const by of [1n, -1n, 1_000_000_000n]) {
      expect(written().hasContentOf({ ...stat, [key]: stat[key] + by })).toBe(false)
    }
  })

  it.each(['mode', 'uid', 'gid', 'nlink', 'dev'] as const)('sees that %s changed', (key) => {
    expect(written().hasMetadataOf({ ...stat, [key]: stat[key] + 1n })).toBe(false)
  })

  it('sees that the owner has another name', () => {
    expect(written().hasOwnerNames('anne', 'users')).toBe(false)
    expect(written().hasOwnerNames('anna', 'user')).toBe(false)
    expect(written({ user: '', group: 'ü<' }).hasOwnerNames('', 'ü<')).toBe(true)
    expect(written({ user: '' }).hasOwnerNames('root', 'users')).toBe(false)
  })

  it('tells inodes apart that a double cannot', () => {
    const inode = 2n ** 54n
    expect(written({ inode }).hasContentOf({ ...stat, ino: inode })).toBe(true)
    expect(written({ inode }).hasContentOf({ ...stat, ino: inode + 1n })).toBe(false)
    expect(written({ inode: 2n ** 64n - 1n }).hasContentOf({ ...stat, ino: -1n })).toBe(true)
  })

  it('holds only files for unchanged, as only they have content', () => {
    expect(written({ type: 'fifo' }).hasContentOf(stat)).toBe(false)
  })

  it('takes the same moment in another zone for the same', () => {
    const reader = on(
      '{"name":"a","type":"file","mtime":"2024-11-21T05:32:12.674536298+05:30","ctime":"2024-11-20T23:02:12.6-01:00","inode":2146913,"size":1}',
    )
    expect(reader.hasContentOf(stat)).toBe(true)
  })

  it('finds each node by its name, and no other', () => {
    fc.assert(
      fc.property(folder, fc.uint8Array({ maxLength: 3 }), (nodes, other) => {
        const writer = new TreeWriter()
        for (const node of nodes) writer.add(node)
        const tree = Buffer.from(writer.finish())
        for (const node of nodes) expect(findNode(tree, node.name, 'Tree')?.node()).toEqual(node)
        const isThere = nodes.some(({ name }) => name.equals(other))
        expect(findNode(tree, other, 'Tree') !== undefined).toBe(isThere)
      }),
    )
  })

  it('does not look at what follows the node that it finds', () => {
    const tree = Buffer.from('{"nodes":[{"name":"b","type":"file"},{"name":"c","type":"file"},garbage')
    expect(findNode(tree, Buffer.from('b'), 'Tree')?.name.toString()).toBe('b')
    expect(findNode(tree, Buffer.from('bb'), 'Tree')).toBeUndefined()
    expect(rejection(() => findNode(tree, Buffer.from('d'), 'Tree'))).toBe('repository/damaged')
  })
})
