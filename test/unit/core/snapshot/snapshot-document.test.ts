import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Snapshot, decodeSnapshot, encodeSnapshot } from '../../../../core/snapshot/index.ts'
import { rejection } from './rejection.ts'
import { time } from './sample-node.ts'

const decode = (text: string): Snapshot => decodeSnapshot(Buffer.from(text), 'Snapshot 1a')
const again = (text: string): string => encodeSnapshot(decode(text)).toString()
const ID = '0123456789abcdef'.repeat(4)

// Stored by restic 0.14.
const PLAIN = `{"time":"2026-11-21T04:32:15.898374659+05:30","tree":"${ID}","paths":["/tmp/snapx/src"],"hostname":"vm","username":"root","excludes":["no\\u003c\\u0026\\u003e"],"tags":["a","b","c"]}`

/** The same with more paths. */
const withMore = (paths: number): string => PLAIN.replace('"paths":[', `"paths":[${'"/b",'.repeat(paths)}`)

const SUMMARY =
  '{"backup_start":"2026-11-21T04:32:15.8Z","backup_end":"2026-11-21T04:32:16Z","files_new":1,"files_changed":2,' +
  '"files_unmodified":3,"dirs_new":4,"dirs_changed":5,"dirs_unmodified":0,"data_blobs":6,"tree_blobs":7,' +
  '"data_added":8,"data_added_packed":9,"total_files_processed":10,"total_bytes_processed":18014398509481985}'

const FULL =
  `{"time":"2026-11-21T04:32:15.8Z","parent":"${ID}","tree":"${ID}","paths":["/a","/ü"],"hostname":"vm","username":"u",` +
  `"uid":1000,"gid":4294967295,"excludes":["*.tmp"],"tags":["t"],"original":"${ID}","program_version":"restic 0.18.0",` +
  `"summary":${SUMMARY}}`

const text = fc.string({ unit: 'binary', maxLength: 10 }).filter((value) => value.isWellFormed())
const count = fc.bigInt(0n, 2n ** 64n - 1n)
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const optionalId = fc.option(id, { nil: undefined })
const moment = time.map((ns) => ({ ns, offsetMinutes: 0 }))
const unknown = fc.constantFrom(undefined, Buffer.from('"later":{"a":[1.50]},"x": 1'))
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const summary = fc.record({
  backupStart: moment,
  backupEnd: moment,
  filesNew: count,
  filesChanged: count,
  filesUnmodified: count,
  dirsNew: count,
  dirsChanged: count,
  dirsUnmodified: count,
  dataBlobs: count,
  treeBlobs: count,
  dataAdded: count,
  dataAddedPacked: count,
  totalFilesProcessed: count,
  totalBytesProcessed: count,
  unknown,
})
const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  time: moment,
  parent: optionalId,
  tree: id,
  paths: fc.array(text),
  hostname: text,
  username: text,
  uid: uint32,
  gid: uint32,
  excludes: fc.array(text),
  tags: fc.array(text),
  original: optionalId,
  programVersion: text,
  summary: fc.option(summary, { nil: undefined }),
  filesMissed: fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { nil: undefined }),
  unknown,
})

describe('a snapshot document', () => {
  it.each([
    ['one of restic 0.14, its zone too', PLAIN],
    ['one of a later restic, with a summary', FULL],
  ])('gives back %s byte for byte', (_what, document) => {
    expect(again(document)).toBe(document)
  })

  it('may have a million short paths, and not as many as one likes', () => {
    expect(decode(withMore(2 ** 20 - 1)).paths).toHaveLength(2 ** 20)
    expect(rejection(() => decode(withMore(2 ** 20)))).toBe('repository/damaged')
  })

  it('keeps numbers that a double cannot hold', () => {
    expect(decode(FULL).summary?.totalBytesProcessed).toBe(2n ** 54n + 1n)
  })

  it('gives back every field', () => {
    fc.assert(
      fc.property(snapshot, (one) => {
        expect(decodeSnapshot(encodeSnapshot(one), 'Snapshot')).toEqual(one)
      }),
    )
  })

  it.each(['"three"', '-1', '1.5', '4294967296', '[]'])(
    'is not damaged where files_missed is %s: some were',
    (value) => {
      expect(decode(FULL.replace('{"time"', `{"files_missed":${value},"time"`)).filesMissed).toBe(1)
    },
  )

  it('keeps unknown fields, after those that it knows', () => {
    const strange = FULL.replace('{"time"', '{"later":[1.50, {"é":1e2}],"time"').replace(
      '"data_blobs"',
      '"new": 1,"data_blobs"',
    )
    expect(again(strange)).toBe(FULL.replace('8509481985}}', '8509481985,"new": 1},"later":[1.50, {"é":1e2}]}'))
  })

  it('takes what is missing or null for nothing', () => {
    expect(decode(` {"tree" : "${ID}" , "paths":null, "parent":null, "uid":null} \n`)).toMatchObject({
      parent: undefined,
      paths: [],
      tags: [],
      uid: 0,
      hostname: '',
      programVersion: '',
    })
  })

  it.each([
    ['nothing', ''],
    ['no object', '[]'],
    ['no tree', '{}'],
    ['a tree that is no id', PLAIN.replace('0123', 'x123')],
    ['a time that is none', PLAIN.replace('2026', '20x6')],
    ['a field twice', PLAIN.replace('"hostname"', '"tree":null,"hostname"')],
    ['paths that are no list', PLAIN.replace('["/tmp/snapx/src"]', '"/tmp"')],
    ['a path that is no text', PLAIN.replace('"/tmp/snapx/src"', '1')],
    ['a host that is no text', PLAIN.replace('"vm"', '{}')],
    ['a uid above 32 bits', FULL.replace('4294967295', '4294967296')],
    ['a negative count', FULL.replace('"data_added":8', '"data_added":-8')],
    ['a fraction', FULL.replace('"data_added":8', '"data_added":8.0')],
    ['a count above 64 bits', FULL.replace('18014398509481985', '18446744073709551616')],
    ['a summary that is no object', FULL.replace(SUMMARY, '[]')],
    ['something after its end', `${PLAIN}{}`],
  ])('is refused for %s', (_what, document) => {
    expect(rejection(() => decode(document))).toBe('repository/damaged')
  })

  it('is refused wherever it was cut off', () => {
    for (let length = 0; length < FULL.length; length++) {
      expect(rejection(() => decode(FULL.slice(0, length)))).toBe('repository/damaged')
    }
  })
})
