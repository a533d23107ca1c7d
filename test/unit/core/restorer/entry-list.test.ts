import { describe, expect, it } from 'vitest'

import { createEntryList, entryListOver } from '../../../../core/restorer/entry-list.ts'
import type { Node } from '../../../../core/snapshot/index.ts'
import { readerOn } from '../../../support/reader-on.ts'
import { sampleNode } from '../snapshot/sample-node.ts'

const named = (name: string, changes: Partial<Node> = {}): Buffer =>
  readerOn(sampleNode(Buffer.from(name, 'latin1'), changes)).raw

describe('a list of entries', () => {
  it('gives back each node in any order, again and again, to any reader of its memory', () => {
    const names = ['zebra', 'bad-\xff\xe9A', 'quo"te', 'z', 'a'.repeat(255)]
    const list = createEntryList(names.length)
    for (const [at, name] of names.entries()) list.add(at * 3, named(name, { size: BigInt(at) }))
    expect([list.count, list.bytes]).toEqual([5, names.reduce((sum, _, at) => sum + list.rawOf(at).length, 0)])
    for (const reader of [list, entryListOver(list.shared)]) {
      for (const at of [4, 0, 2, 2, 1, 3]) {
        expect(reader.folderOf(at)).toBe(at * 3)
        expect(reader.read(at).name.toString('latin1')).toBe(names[at])
        expect(reader.read(at).size).toBe(BigInt(at))
      }
    }
  })

  it('copies: what it was given may change', () => {
    const list = createEntryList(1)
    const node = Buffer.from(named('kept'))
    list.add(0, node)
    node.fill(0)
    expect(list.read(0).name.toString()).toBe('kept')
  })

  it('holds more than a slab, and nodes that are longer than one', () => {
    const list = createEntryList(300)
    const content = Buffer.alloc(32 * 1000, 0xab)
    const long = Buffer.alloc(32 * 20_000, 0xcd)
    for (let at = 0; at < 300; at++) list.add(at, named(`${at}`, { content: at === 150 ? long : content }))
    expect(list.shared.slabs.length).toBeGreaterThan(10)
    for (let at = 0; at < 300; at++) {
      const node = list.read(at)
      expect(node.name.toString()).toBe(`${at}`)
      expect(node.blobs).toBe(at === 150 ? 20_000 : 1000)
    }
  })

  it('uses its memory again once it was cleared, for readers too that have it already', () => {
    const list = createEntryList(100)
    const reader = entryListOver(list.shared)
    const content = Buffer.alloc(32 * 1000, 0xab)
    for (const round of ['first', 'second', 'third']) {
      list.clear()
      expect([list.count, list.bytes]).toEqual([0, 0])
      for (let at = 0; at < 100; at++) list.add(at, named(`${round} ${at}`, { content }))
      expect(reader.read(99).name.toString()).toBe(`${round} 99`)
      expect(reader.read(0).name.toString()).toBe(`${round} 0`)
    }
    expect(list.shared.slabs.length).toBeLessThan(10)
  })
})
