import { describe, expect, it } from 'vitest'

import { decodeSnapshot, rewrittenDocument } from '../../../../../core/snapshot/index.ts'

const ID = '1'.repeat(64)
const TREE = '2'.repeat(64)
const NEW = '3'.repeat(64)
const NUMBERS = [
  'files_new',
  'files_changed',
  'files_unmodified',
  'dirs_new',
  'dirs_changed',
  'dirs_unmodified',
  'data_blobs',
  'tree_blobs',
  'data_added',
  'data_added_packed',
]
const AT = '2026-11-21T04:32:15.898374659+05:30'
const summaryOf = (files: number, bytes: number): string =>
  `{"backup_start":"${AT}","backup_end":"${AT}",${NUMBERS.map((key) => `"${key}":7`).join()},"total_files_processed":${files},"total_bytes_processed":${bytes},"x":"ü"}`

const document = ({ tree = TREE, tags = '"tags":["a"],', original = '', summary = '' }): string =>
  `{"time":"${AT}","tree":"${tree}","paths":["/a"],"odd": {"b" : 1},"hostname":"ada",${tags}${original}"program_version":"x 1"${summary}}`

const rewritten = (text: string, less?: { files: number; bytes: bigint }): string =>
  rewrittenDocument(Buffer.from(text), ID, { tree: NEW, tag: 'repaired', less }, 'Snapshot').toString()

describe('the document of a snapshot that is made anew', () => {
  it('keeps every member in its place, known or not, but for what is another', () => {
    const text = document({ summary: `,"summary":${summaryOf(9, 100)}` })
    expect(rewritten(text, { files: 2, bytes: 30n })).toBe(
      document({
        tree: NEW,
        tags: '"tags":["a","repaired"],',
        original: `"original":"${ID}",`,
        summary: `,"summary":${summaryOf(7, 70)}`,
      }),
    )
  })

  it('names the first of those that it comes from, and has a tag once', () => {
    const [tags, original] = ['"tags":["repaired"],', `"original":"${'4'.repeat(64)}",`]
    expect(rewritten(document({ tags, original }), { files: 0, bytes: 0n })).toBe(
      document({ tree: NEW, tags, original }),
    )
    expect(rewritten(document({ tags: '"tags":null,', original: '"original":null,' }), { files: 0, bytes: 0n })).toBe(
      document({ tree: NEW, original: `"original":"${ID}",`, tags: '"tags":["repaired"],' }),
    )
  })

  it('has no summary where nobody knows how much is left, and none that is below zero', () => {
    const text = document({ summary: `,"summary":${summaryOf(9, 100)}` })
    expect(decodeSnapshot(Buffer.from(rewritten(text)), 'Snapshot').summary).toBeUndefined()
    const { summary } = decodeSnapshot(Buffer.from(rewritten(text, { files: 10, bytes: 101n })), 'Snapshot')
    expect(summary).toMatchObject({ totalFilesProcessed: 0n, totalBytesProcessed: 0n })
  })
})
