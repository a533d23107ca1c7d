import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { type Node, TreeReader, TreeWriter } from '../../../../core/snapshot/index.ts'
import { rejection } from './rejection.ts'
import { folder, sampleNode } from './sample-node.ts'

function readAll(tree: Buffer): Node[] {
  const reader = new TreeReader(tree, 'Tree 1a')
  const nodes: Node[] = []
  while (reader.next()) nodes.push(reader.node())
  return nodes
}

const read = (tree: string): string => rejection(() => readAll(Buffer.from(tree, 'latin1')))
const node = (fields: string): string => `{"nodes":[{"name":"a","type":"file"${fields}}]}`
const names = (...stored: string[]): string =>
  `{"nodes":[${stored.map((name) => `{"name":"${name}","type":"file"}`).join(',')}]}`

function treeOf(nodes: readonly Node[]): Buffer {
  const writer = new TreeWriter()
  for (const one of nodes) writer.add(one)
  return Buffer.from(writer.finish())
}

describe('a damaged tree', () => {
  it.each([
    ['nothing', ''],
    ['no object', '[]'],
    ['no nodes', '{}'],
    ['other fields only', '{"a":1}'],
    ['nodes that are no list', '{"nodes":{}}'],
    ['nodes twice', '{"nodes":[],"nodes":[]}'],
    ['a node that is no object', '{"nodes":[1]}'],
    ['a node without fields', '{"nodes":[{}]}'],
    ['a comma too many', '{"nodes":[{"name":"a","type":"file"},]}'],
    ['a comma too few', '{"nodes":[{"name":"a","type":"file"}{"name":"b","type":"file"}]}'],
    ['a comma before the first node', '{"nodes":[,{"name":"a","type":"file"}]}'],
    ['something after its end', '{"nodes":[]}\n{}'],
    ['no name', '{"nodes":[{"type":"file"}]}'],
    ['a null for a name', '{"nodes":[{"name":null,"type":"file"}]}'],
    ['no type', '{"nodes":[{"name":"a"}]}'],
    ['a name that is no text', '{"nodes":[{"name":1,"type":"file"}]}'],
    ['an empty name', names('')],
    ['a name with a slash', names('a/b')],
    ['a name with a hidden slash', names('a\\\\x2fb')],
    ['a name with a NUL', names('a\\\\x00')],
    ['the name .', names('.')],
    ['the name ..', names('..')],
    ['the hidden name ..', names('\\u002e\\\\x2e')],
    ['a name that is not quoted', names('a\\"b')],
    ['a name with a bad escape', names('a\\\\q')],
    ['a name that is not UTF-8', names('a\xff')],
    ['names out of order', names('b', 'a')],
    ['names out of order once decoded', names('\\\\xff', 'a')],
    ['a name twice', names('a', 'a')],
    ['a name twice in two spellings', names('a', '\\u0061')],
    ['a field twice', node(',"size":1,"size":2')],
    ['a field twice in two spellings', node(',"size":1,"s\\u0069ze":2')],
    ['a field that only Go takes for another', node(',"SIZE":1')],
    ['a field that only Go takes for another, by Unicode', node(',"\\u017fize":1')],
    ['a number in quotes', node(',"size":"1"')],
    ['a negative number', node(',"size":-1')],
    ['a fraction', node(',"size":1.0')],
    ['a number with exponent', node(',"size":1e3')],
    ['a number with a leading zero', node(',"size":01')],
    ['a number above 64 bits', node(',"inode":18446744073709551616')],
    ['a number of 400 digits', node(`,"inode":1${'0'.repeat(400)}`)],
    ['a mode above 32 bits', node(',"mode":4294967296')],
    ['a uid of 400 digits', node(`,"uid":1${'0'.repeat(400)}`)],
    ['a time that is none', node(',"mtime":"yesterday"')],
    ['a time that is a number', node(',"mtime":1')],
    ['content that is no list', node(',"content":{}')],
    ['content of numbers', node(',"content":[1]')],
    ['an id that is too short', node(',"content":["ab"]')],
    ['an id that is not hexadecimal', node(`,"content":["${'g'.repeat(64)}"]`)],
    ['an id in capitals', node(`,"content":["${'A'.repeat(64)}"]`)],
    ['a comma after the last id', node(`,"content":["${'a'.repeat(64)}",]`)],
    ['a subtree that is no id', node(',"subtree":"abc"')],
    ['a user that is no text', node(',"user":[]')],
    ['a user that is not UTF-8', node(',"user":"\xff"')],
    ['attributes that are no list', node(',"extended_attributes":{}')],
    ['an attribute without a name', node(',"extended_attributes":[{"value":""}]')],
    ['an attribute that is no object', node(',"extended_attributes":["a"]')],
    ['an attribute that is not base64', node(',"extended_attributes":[{"name":"a","value":"*"}]')],
    ['base64 in another form', node(',"extended_attributes":[{"name":"a","value":"AB=="}]')],
    ['generic attributes that are no object', node(',"generic_attributes":[]')],
    ['a raw link target that is not base64', node(',"linktarget_raw":"*"')],
    ['text with a control character', node(',"user":"a\nb"')],
    ['text with a bad escape', node(',"user":"\\x41"')],
    ['text with half an escape', node(',"user":"\\u00"')],
    ['text without an end', '{"nodes":[{"name":"a'],
    ['an unknown field that is no JSON', node(',"later":[1,]')],
    ['an unknown literal', node(',"later":nil')],
    ['an unknown number that is none', node(',"later":-')],
    ['a colon too few', node(',"later" 1')],
  ])('is refused for %s', (_what, tree) => {
    expect(read(tree)).toBe('repository/damaged')
  })

  it.each([
    ['lists', '['],
    ['objects', '{"a":'],
    ['generic attributes', '{"a":[', ',"generic_attributes":'],
  ])('is refused for a million nested %s, without a crash', (_what, open, field = ',"later":') => {
    expect(read(node(`${field}${open.repeat(1_000_000)}`))).toBe('repository/damaged')
  })

  it('is not one that is nested as deep as Go reads', () => {
    expect(read(node(`,"later":${'['.repeat(9000)}${']'.repeat(9000)}`))).toBe('no error')
  })

  it('is named, with the byte and what is wrong there', () => {
    try {
      readAll(Buffer.from(names('b', 'a')))
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(CoreError)
      expect(error).toMatchObject({ message: 'Tree 1a is damaged at byte 46: its names are not in order' })
    }
  })

  it('is told from one whose node types are newer than this program', () => {
    expect(read('{"nodes":[{"name":"a","type":"door"}]}')).toBe('repository/unsupported')
  })

  it('is noticed wherever it was cut off', () => {
    const tree = treeOf([
      sampleNode('a', { unknown: Buffer.from('"later":[{"a":1.5e3},true,"\\u0041"]') }),
      sampleNode('b', {
        linkTarget: Buffer.from([0xff]),
        extendedAttributes: [{ name: Buffer.from('x'), value: null }],
      }),
    ])
    const whole = tree.length - 1
    expect(readAll(tree.subarray(0, whole))).toHaveLength(2)
    for (let length = 0; length < whole; length++) {
      expect(rejection(() => readAll(tree.subarray(0, length)))).toBe('repository/damaged')
    }
  })

  it('never crashes the reader, and is never taken for whole where it is no JSON', () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from('"\\{}[],:0n'))),
    })
    fc.assert(
      fc.property(folder, fc.array(change, { minLength: 1, maxLength: 3 }), (nodes, changes) => {
        const tree = treeOf(nodes)
        for (const { at, byte } of changes) tree[at % tree.length] = byte
        const outcome = rejection(() => readAll(tree))
        expect(['no error', 'repository/damaged', 'repository/unsupported']).toContain(outcome)
        if (outcome !== 'no error') return
        expect(() => JSON.parse(tree.toString())).not.toThrow()
      }),
      { numRuns: 500 },
    )
  })
})
