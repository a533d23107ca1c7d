import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import { IndexContent } from '../../../../../core/repository/index/index-content.ts'
import { readIndex } from '../../../../../core/repository/index/index-reader.ts'
import { scanIndex } from '../../../../../core/repository/index/index-scanner.ts'
import { encodeIndex, indexTextOf, MOST_INDEX_TEXT } from '../../../../../core/repository/index/index-writer.ts'
import { MOST_BLOBS_A_PACK } from '../../../../../core/repository/pack/pack-builder.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'

const size = fc.oneof(fc.nat(1000), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))
const blob = fc.record({
  id,
  type: fc.constantFrom('data' as const, 'tree' as const),
  offset: size,
  length: size,
  uncompressedLength: size,
})
const packs = fc.array(fc.record({ id, blobs: fc.array(blob, { maxLength: 5 }) }), { maxLength: 5 })

function packsIn(content: IndexContent) {
  return Array.from({ length: content.packCount }, (_, pack) => ({
    id: Buffer.from(content.packId(pack)),
    blobs: Array.from({ length: content.firstBlob(pack + 1) - content.firstBlob(pack) }, (__, at) =>
      content.blob(content.firstBlob(pack) + at),
    ),
  }))
}

function read(plain: Buffer | string) {
  const content = new IndexContent()
  readIndex(Buffer.from(plain), content)
  return packsIn(content)
}

function isRefused(plain: Buffer | string): boolean {
  try {
    read(plain)
    return false
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return true
    throw error
  }
}

const ID = 'ab'.repeat(32)
const BLOB = `{"id":"${ID}","type":"data","offset":1,"length":40}`
const PACK = `{"id":"${ID}","blobs":[${BLOB}]}`

function notesIn(plain: Buffer | string) {
  const content = new IndexContent()
  readIndex(Buffer.from(plain), content)
  return content.waiting?.notes
}

describe('what an index file notes of packs that wait', () => {
  const since = Date.parse('2026-11-22T00:00:00Z')
  const NONE = Number.NaN

  it.each([
    { since, grace: 172_800_000, countedFrom: NONE },
    { since, grace: 0, countedFrom: since - 1 },
    { since, grace: NONE, countedFrom: NONE },
    { since, grace: 1500, countedFrom: NONE },
  ])('is read as it was written: %o', (note) => {
    const waiting = [{ id: Buffer.alloc(32), blobs: [], note }]
    expect(notesIn(encodeIndex({ packs: [], waiting }))).toEqual([note])
  })

  it.each([
    ['', NONE],
    [',"grace_seconds":-1', -1000],
    [',"grace_seconds":"48h"', NONE],
    [',"grace_seconds":null', NONE],
    [',"grace_seconds":[1]', NONE],
    [',"grace_seconds":1e999', Number.MAX_SAFE_INTEGER],
    [',"grace_seconds":0.0001', 0],
  ])('is read where it says%s', (member, grace) => {
    const note = `{"id":"${ID}","blobs":[],"time":"2026-11-22T00:00:00Z"${member},"counted_from":7}`
    expect(notesIn(`{"packs":[],"packs_to_delete":[${note}]}`)).toEqual([{ since, grace, countedFrom: NONE }])
  })
})

describe('an index file', () => {
  it('gives back every pack and blob that was written, as a scan and as JSON', () => {
    fc.assert(
      fc.property(packs, (listed) => {
        const plain = encodeIndex({ packs: listed })
        expect(scanIndex(plain, new IndexContent())).toBe(true)
        expect(read(plain)).toEqual(listed)
        expect(read(Buffer.concat([plain, Buffer.from('\n')]))).toEqual(listed)
        const loose = JSON.stringify(JSON.parse(plain.toString()), null, 1)
        expect(scanIndex(Buffer.from(loose), new IndexContent())).toBe(false)
        expect(read(loose)).toEqual(listed)
      }),
      { numRuns: 300 },
    )
  })

  it('holds more blobs and packs than the first memory for them', () => {
    const listed = Array.from({ length: 3000 }, (_, number) => ({
      id: seededBytes(`pack ${number}`, 32),
      blobs: [
        { id: seededBytes(number, 32), type: 'tree' as const, offset: number, length: 50, uncompressedLength: 0 },
      ],
    }))
    expect(read(encodeIndex({ packs: listed }))).toEqual(listed)
  })

  it('says which files it supersedes', () => {
    const content = new IndexContent()
    readIndex(encodeIndex({ packs: [], supersedes: [ID] }), content)
    expect(content.supersedes).toEqual([ID])
    readIndex(encodeIndex({ packs: [] }), content)
    expect(content.supersedes).toEqual([])
    readIndex(Buffer.from(`{"supersedes":null,"packs":null}`), content)
    expect([content.supersedes, content.packCount]).toEqual([[], 0])
  })

  it('may be the bare list of packs of the oldest repositories', () => {
    expect(read(`[${PACK}]`)).toEqual(read(`{"packs":[${PACK}]}`))
  })

  it('may have members in another order, unknown ones, capital digits, and null for an empty list', () => {
    const other = `{"x":1,"packs":[{"blobs":[{"length":40,"x":{},"offset":1,"type":"data","id":"${ID.toUpperCase()}"}],"id":"${ID}"}]}`
    expect(read(other)).toEqual(read(`{"packs":[${PACK}]}`))
    expect(read(`{"packs":[{"id":"${ID}","blobs":null}]}`)).toEqual([{ id: Buffer.from(ID, 'hex'), blobs: [] }])
  })

  it('counts only whole: nothing of a damaged file is taken for good', () => {
    const content = new IndexContent()
    expect(() => readIndex(Buffer.from(`{"packs":[${PACK},{"id":1}]}`), content)).toThrow('64 hexadecimal')
    readIndex(Buffer.from('{"packs":[]}'), content)
    expect(content.packCount).toBe(0)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', 'packs'],
    ['a number', '7'],
    ['null', 'null'],
    ['no packs', '{}'],
    ['packs that are no list', '{"packs":{}}'],
    ['a pack that is no object', '{"packs":[1]}'],
    ['a pack that is null', '{"packs":[null]}'],
    ['a pack without blobs', `{"packs":[{"id":"${ID}"}]}`],
    ['a short id', '{"packs":[{"id":"ab","blobs":[]}]}'],
    ['an id that is no hexadecimal', `{"packs":[{"id":"${'xy'.repeat(32)}","blobs":[]}]}`],
    ['a blob that is a list', `{"packs":[{"id":"${ID}","blobs":[[]]}]}`],
    ['an unknown type', `{"packs":[${PACK.replace('data', 'date')}]}`],
    ['a type of the prototype', `{"packs":[${PACK.replace('"data"', '"constructor"')}]}`],
    ['a negative offset', `{"packs":[${PACK.replace(':1,', ':-1,')}]}`],
    ['a broken offset', `{"packs":[${PACK.replace(':1,', ':1.5,')}]}`],
    ['an offset of 4 GiB', `{"packs":[${PACK.replace(':1,', ':4294967296,')}]}`],
    ['an offset beyond all numbers', `{"packs":[${PACK.replace(':1,', `:${'9'.repeat(400)},`)}]}`],
    ['an offset with a leading zero', `{"packs":[${PACK.replace(':1,', ':01,')}]}`],
    ['an offset as text', `{"packs":[${PACK.replace(':1,', ':"1",')}]}`],
    ['no length', `{"packs":[${PACK.replace(',"length":40', '')}]}`],
    ['an uncompressed length of null', `{"packs":[${PACK.replace(':40', ':40,"uncompressed_length":null')}]}`],
    ['more behind the end', `{"packs":[${PACK}]}{}`],
    ['a comma too many', `{"packs":[${PACK},]}`],
    ['superseded names that are numbers', '{"supersedes":[1],"packs":[]}'],
    ['superseded names that are paths', '{"supersedes":["../config"],"packs":[]}'],
    ['deep nesting', `{"packs":${'['.repeat(50_000)}`],
  ])('with %s is refused', (_, plain) => {
    expect(isRefused(plain)).toBe(true)
  })

  it('is refused cut off anywhere, by scan too where the rest is in its memory still', () => {
    const plain = Buffer.from(`{"packs":[${PACK},${PACK}]}`)
    const content = new IndexContent()
    for (let length = 0; length < plain.length; length++) {
      expect(isRefused(plain.subarray(0, length))).toBe(true)
      expect(scanIndex(plain, content)).toBe(true)
      expect(scanIndex(plain.subarray(0, length), content)).toBe(false)
    }
  })

  it('has ids of small hexadecimal digits, by scan', () => {
    const plain = encodeIndex({ packs: [{ id: Buffer.alloc(32), blobs: [] }] })
    const start = plain.indexOf('0')
    for (let place = 0; place < 64; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = Buffer.from(plain)
        changed[start + place] = byte
        const content = new IndexContent()
        const isDigit = /^[0-9a-f]$/.test(String.fromCodePoint(byte))
        expect(scanIndex(changed, content)).toBe(isDigit)
        if (isDigit) expect(content.packId(0).toString('hex')).toBe(changed.toString('latin1', start, start + 64))
      }
    }
  })

  it('may be longer than what is kept memory for', () => {
    const listed = Array.from({ length: 150 }, (_, number) => ({
      id: seededBytes(`pack ${number}`, 32),
      blobs: Array.from({ length: 2000 }, (__, blobNumber) => ({
        id: seededBytes(`${number} ${blobNumber}`, 32),
        type: 'data' as const,
        offset: blobNumber,
        length: 50,
        uncompressedLength: 0,
      })),
    }))
    const plain = encodeIndex({ packs: listed })
    expect(plain.length).toBeGreaterThan(32 * 1024 * 1024)
    const content = new IndexContent()
    for (const _ of [1, 2]) {
      content.clear()
      expect(scanIndex(plain, content)).toBe(true)
      expect(packsIn(content).at(-1)).toEqual(listed.at(-1))
      expect(read(`{"packs":[${PACK}]}`)).toHaveLength(1)
    }
  })

  it('is read by scan exactly as JSON reads it, however it was changed', () => {
    const plain = encodeIndex({
      packs: [
        {
          id: seededBytes(1, 32),
          blobs: [{ id: seededBytes(2, 32), type: 'tree', offset: 0, length: 61, uncompressedLength: 99 }],
        },
        {
          id: seededBytes(3, 32),
          blobs: [{ id: seededBytes(4, 32), type: 'data', offset: 7, length: 50, uncompressedLength: 0 }],
        },
      ],
    })
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:0123456789abcdefg \n-.eE')))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(plain.length - 1), byte), { minLength: 1, maxLength: 2 }), (changes) => {
        const changed = Buffer.from(plain)
        for (const [at, value] of changes) changed[at] = value
        const content = new IndexContent()
        if (!scanIndex(changed, content)) return
        // A blank at the end takes the scanner's way out: the two must agree.
        const scanned = packsIn(content)
        readIndex(Buffer.concat([changed, Buffer.from(' ')]), content)
        expect(packsIn(content)).toEqual(scanned)
      }),
      { numRuns: 5000 },
    )
  })

  it('stays below 8 MiB with the longest numbers and a full pack', () => {
    const longest = {
      id: Buffer.alloc(32),
      type: 'tree' as const,
      offset: 2 ** 32 - 1,
      length: 2 ** 32 - 1,
      uncompressedLength: 2 ** 32 - 1,
    }
    const pack = { id: Buffer.alloc(32), blobs: [longest, longest, longest] }
    const note = {
      since: Date.parse('+010000-01-01T00:00:00Z'),
      grace: -Number.MAX_VALUE / 1.1,
      countedFrom: Date.parse('+010000-01-01T00:00:00Z'),
    }
    const waiting = [
      { ...pack, note },
      { ...pack, note },
    ]
    expect(encodeIndex({ packs: [pack, pack] }).length).toBeLessThanOrEqual(2 * indexTextOf(3) + 20)
    expect(encodeIndex({ packs: [], waiting }).length).toBeLessThanOrEqual(2 * indexTextOf(3) + 40)
    expect(indexTextOf(MOST_BLOBS_A_PACK)).toBeLessThan(MOST_INDEX_TEXT)
    expect(MOST_INDEX_TEXT).toBeLessThan(8 * 1024 * 1024)
  })
})
