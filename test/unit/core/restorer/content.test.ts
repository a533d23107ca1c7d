import { expect, it } from 'vitest'

import { createBlobIndex, sha256 } from '../../../../core/repository/index.ts'
import { findContent, plainLength } from '../../../../core/restorer/content.ts'
import type { TreeReader } from '../../../../core/snapshot/index.ts'
import { readerOn } from '../../../support/reader-on.ts'
import { sampleNode } from '../snapshot/sample-node.ts'

const index = createBlobIndex()
const pack = index.packs.add(sha256(Buffer.from('pack')))
const idOf = (name: string): Buffer => sha256(Buffer.from(name))
const blobs = [
  ['plain', { type: 'data', length: 132, uncompressedLength: 0 }],
  ['compressed', { type: 'data', length: 50, uncompressedLength: 900 }],
  ['tree', { type: 'tree', length: 132, uncompressedLength: 0 }],
  ['endless', { type: 'data', length: 132, uncompressedLength: 2 ** 32 - 1 }],
  ['shorter than nothing', { type: 'data', length: 31, uncompressedLength: 0 }],
] as const
for (const [name, location] of blobs) index.add(idOf(name), { pack, offset: 0, ...location })

function nodeOf(size: bigint, ...names: readonly string[]): TreeReader {
  return readerOn(sampleNode('file', { size, content: Buffer.concat(names.map(idOf)) }))
}

it('the content of a file is found as entries of the index', () => {
  expect([...findContent(index, nodeOf(1900n, 'compressed', 'plain', 'compressed'))]).toEqual([1, 0, 1])
  expect([...findContent(index, nodeOf(0n))]).toEqual([])
})

it.each([
  ['is nowhere', nodeOf(100n, 'plain', 'nowhere'), 'repository/not-in-repository'],
  ['is a tree', nodeOf(100n, 'tree'), 'repository/not-in-repository'],
  ['is longer than anything', nodeOf(2n ** 32n - 1n, 'endless'), 'repository/damaged'],
])('content that %s is no content', (_title, node, code) => {
  expect(() => findContent(index, node)).toThrow(expect.objectContaining({ code }) as Error)
})

it('a blob is never shorter than nothing', () => {
  expect(plainLength(index, index.find('data', idOf('shorter than nothing')))).toBe(0)
})
