import { describe, expect, it } from 'vitest'

import { decodeSnapshot } from '../../../../../core/snapshot/index.ts'
import { retagDocument } from '../../../../../core/snapshot/tags/retag-document.ts'
import { rejection } from '../rejection.ts'

const ID = 'ab'.repeat(32)
const FIRST = 'cd'.repeat(32)
const HEAD = `"time":"2026-11-21T04:32:15.898374659+05:30","tree":"${ID}","paths":["/tmp/\\u00fc"],"hostname":"vm"`
const TAIL = '"program_version":"restic 0.18.0","summary":{"files_new":1,"later":[1.50]},"zukunft":{"a": [1.50, null]}'

const retag = (text: string, tags: string[]): string =>
  retagDocument(Buffer.from(text), ID, tags, 'Snapshot 1a').toString()

describe('a snapshot’s document with other tags', () => {
  it('has them where restic writes them, and keeps every other byte', () => {
    expect(retag(`{${HEAD},${TAIL}}`, ['a', '"b"'])).toBe(`{${HEAD},"tags":["a","\\"b\\""],"original":"${ID}",${TAIL}}`)
    expect(retag(`{${HEAD}}`, ['a'])).toBe(`{${HEAD},"tags":["a"],"original":"${ID}"}`)
  })

  it('has them in the place of the old ones, and the id that it had first', () => {
    expect(retag(`{"x":1,"tags":["old"],${HEAD},"original":"${FIRST}",${TAIL}}`, ['new'])).toBe(
      `{"x":1,"tags":["new"],${HEAD},"original":"${FIRST}",${TAIL}}`,
    )
  })

  it('has no member for no tags', () => {
    expect(retag(`{"tags":["old"],${HEAD}}`, [])).toBe(`{${HEAD},"original":"${ID}"}`)
    expect(retag(`{${HEAD},"tags":null}`, [])).toBe(`{${HEAD},"original":"${ID}"}`)
  })

  it('takes null for nothing', () => {
    expect(retag(`{${HEAD},"original":null,"tags":null}`, ['a'])).toBe(`{${HEAD},"original":"${ID}","tags":["a"]}`)
  })

  it('is read as the same snapshot with these tags', () => {
    const before = decodeSnapshot(Buffer.from(`{${HEAD},"tags":["a"],${TAIL}}`), 'Snapshot 1a')
    const after = decodeSnapshot(Buffer.from(retag(`{${HEAD},"tags":["a"],${TAIL}}`, ['ü', 'b'])), 'Snapshot 1a')
    expect(after).toEqual({ ...before, tags: ['ü', 'b'], original: ID })
  })

  it('is not made of what is no object', () => {
    expect(rejection(() => retag('["a"]', ['a']))).toBe('repository/damaged')
  })
})
