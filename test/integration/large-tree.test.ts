import { expect, it } from 'vitest'

import { TreeReader, TreeWriter } from '../../core/snapshot/index.ts'
import { craftNode } from '../support/crafted-tree.ts'

const ID_BYTES = 32
const CHUNKS = 9_000_000
/** Of the strings of V8: 2^29 - 24 letters. */
const LONGEST_STRING = 2 ** 29 - 24

it('a tree that no string can hold is written and read: a file of more than four tebibytes', () => {
  const content = Buffer.alloc(CHUNKS * ID_BYTES)
  for (let chunk = 0; chunk < CHUNKS; chunk++) content.writeUInt32LE(chunk, chunk * ID_BYTES)
  const writer = new TreeWriter()
  writer.add(craftNode('huge', { content, size: BigInt(CHUNKS) * 524_288n }))
  writer.add(craftNode('last'))
  const tree = Buffer.from(writer.finish())
  expect(tree.length).toBeGreaterThan(LONGEST_STRING)
  const reader = new TreeReader(tree, 'Tree')
  expect(reader.next()).toBe(true)
  expect([reader.name.toString(), reader.size, reader.blobs]).toEqual(['huge', 4_718_592_000_000n, CHUNKS])
  // Buffers of this size are compared by themselves: what a test runner would print of them takes all memory.
  expect(reader.content?.equals(content)).toBe(true)
  expect(reader.next()).toBe(true)
  expect(reader.name.toString()).toBe('last')
  expect(reader.next()).toBe(false)
})
