import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { openParentFolder } from '../../../../../core/archiver/worker/parent-folder.ts'
import {
  createTreeMatcher,
  type Node,
  type TreeMatcher,
  TreeReader,
  TreeWriter,
} from '../../../../../core/snapshot/index.ts'
import { factsOf } from '../../snapshot/facts.ts'
import { folder, sampleNode } from '../../snapshot/sample-node.ts'

const SENT = { id: Buffer.alloc(32, 7), plain: undefined }
const OWNERS = { userName: () => 'anna', groupName: () => 'users' }
/** Takes no tree, as if each were too large. */
const NO_MATCHER: TreeMatcher = { open: () => undefined }

function treeOf(nodes: readonly Node[]): Buffer {
  const writer = new TreeWriter()
  for (const node of nodes) writer.add(node)
  return Buffer.from(writer.finish())
}

function nodesOf(tree: Buffer): Map<string, Node> {
  const nodes = new Map<string, Node>()
  const reader = new TreeReader(tree, 'Tree')
  while (reader.next()) nodes.set(reader.name.toString('latin1'), reader.node())
  return nodes
}

describe('a folder of the parent snapshot', () => {
  it('finds the same nodes with the matcher and without, whatever there is', () => {
    fc.assert(
      fc.property(folder, fc.array(fc.string({ minLength: 1, maxLength: 3 })), (nodes, others) => {
        const tree = treeOf(nodes)
        const expected = nodesOf(tree)
        const wanted = new Set([...expected.keys(), ...others.map((name) => Buffer.from(name).toString('latin1'))])
        for (const matcher of [createTreeMatcher(OWNERS), NO_MATCHER]) {
          const parent = openParentFolder(SENT, tree, matcher)
          for (const name of [...wanted].toSorted()) expect(parent.find(name)?.node()).toEqual(expected.get(name))
          expect(parent.isSame(tree)).toBe(true)
          parent.close()
        }
      }),
      { numRuns: 500 },
    )
  })

  it('finds a node by its name after it was looked for as a file that did not change', () => {
    const [a, b] = [sampleNode('a'), sampleNode('b')]
    const parent = openParentFolder(SENT, treeOf([a, b]), createTreeMatcher(OWNERS))
    expect(parent.findSame('a', { ...factsOf(a), sizeLow: 9 })).toBeUndefined()
    expect(parent.find('a')?.size).toBe(1n)
    const same = parent.findSame('b', factsOf(b))
    expect(same?.tree.toString('latin1', same.start, same.end)).toMatch(/^\{"name":"b".*\}$/)
    expect(parent.find('b')?.name.toString()).toBe('b')
    expect(parent.find('c')).toBeUndefined()
  })

  it('reads on where the matcher does not know how a node is stored', () => {
    const [a, b] = [sampleNode('a'), sampleNode('c')]
    const tree = Buffer.from(treeOf([a, b]).toString().replace('"name":"c"', '"name":"\\u0063"'))
    const parent = openParentFolder(SENT, tree, createTreeMatcher(OWNERS))
    expect(parent.findSame('a', factsOf(a))).toBeDefined()
    expect(parent.findSame('c', factsOf(b))).toBeUndefined()
    expect(parent.find('c')?.name.toString()).toBe('c')
  })

  it('does not take over a name that is stored as no text is', () => {
    const tree = Buffer.from(
      treeOf([sampleNode('x')])
        .toString('latin1')
        .replace('"name":"x"', '"name":"\xff"'),
      'latin1',
    )
    const parent = openParentFolder(SENT, tree, createTreeMatcher(OWNERS))
    expect(parent.findSame('\xff', factsOf(sampleNode('x')))).toBeUndefined()
    expect(parent.find('\xff')).toBeUndefined()
    const umlaut = openParentFolder(SENT, treeOf([sampleNode('ä')]), createTreeMatcher(OWNERS))
    expect(umlaut.findSame(Buffer.from('ä').toString('latin1'), factsOf(sampleNode('ä')))).toBeDefined()
  })

  it('knows nothing from where its tree is damaged', () => {
    const tree = treeOf([sampleNode('a'), sampleNode('b')]).subarray(0, -20)
    for (const matcher of [createTreeMatcher(OWNERS), NO_MATCHER]) {
      const parent = openParentFolder(SENT, tree, matcher)
      expect(parent.find('a')?.name.toString()).toBe('a')
      expect(parent.find('b')).toBeUndefined()
      expect(parent.find('c')).toBeUndefined()
    }
  })
})
