import { expect, it } from 'vitest'

import { copiedDocument } from '../../../../../core/snapshot/index.ts'
import { rejection } from '../rejection.ts'

const ID = 'ab'.repeat(32)
const FIRST = 'cd'.repeat(32)
const HEAD = `"time":"2026-11-21T04:32:15+05:30"`
const REST = `"tree":"${ID}","paths":["/tmp/\\u00fc"],"tags":["a"]`
const TAIL = '"program_version":"restic 0.18.0","summary":{"later":[1.50]},"zukunft":{"a": [1.50, null]}'

const copied = (text: string): string => copiedDocument(Buffer.from(text), ID, 'Snapshot 1a').toString()

it('a copied document has no parent, says where it comes from, and keeps every other byte', () => {
  const made = `{${HEAD},${REST},"original":"${ID}",${TAIL}}`
  expect(copied(`{${HEAD},"parent":"${FIRST}",${REST},${TAIL}}`)).toBe(made)
  expect(copied(`{${HEAD},${REST},"parent":null,${TAIL}}`)).toBe(made)
  expect(copied(`{${HEAD},${REST},"original":null,${TAIL}}`)).toBe(made)
  expect(copied(`{${HEAD},${REST}}`)).toBe(`{${HEAD},${REST},"original":"${ID}"}`)
})

it('a copy of a copy names the first of them', () => {
  const stored = `{${HEAD},${REST},"original":"${FIRST}",${TAIL}}`
  expect(copied(stored)).toBe(stored)
})

it('a copied document is not made of what is no object', () => {
  expect(rejection(() => copied('[1]'))).toBe('repository/damaged')
})
