import { expect, it } from 'vitest'

import type { EntryStat } from '../../../../core/file-system/index.ts'
import { isKept, type Overwrite } from '../../../../core/restorer/overwrite.ts'

const FILE = 0o100_644n
const LINK = 0o120_777n
const THEN = 1_700_000_000_123_456_789n

function there(changes: Partial<EntryStat>): EntryStat {
  const numbers = { ino: 1n, dev: 1n, rdev: 0n, nlink: 1n, uid: 0n, gid: 0n, blocks: 8n, ctimeNs: 0n }
  return { ...numbers, mode: FILE, size: 10n, mtimeNs: THEN, ...changes }
}

const CASES: readonly (readonly [string, Partial<EntryStat>, readonly Overwrite[]])[] = [
  ['the same by size and time', {}, ['if-changed', 'if-newer', 'never']],
  ['of another size', { size: 11n }, ['if-newer', 'never']],
  ['a nanosecond older', { mtimeNs: THEN - 1n }, ['never']],
  ['a nanosecond newer', { mtimeNs: THEN + 1n }, ['if-newer', 'never']],
  ['no file, though of that size and time', { mode: LINK }, ['if-newer', 'never']],
]

it.each(CASES)('what is there is %s', (_title, changes, kept) => {
  const modes: readonly Overwrite[] = ['always', 'if-changed', 'if-newer', 'never']
  expect(modes.filter((overwrite) => isKept(there(changes), { size: 10n, modified: THEN }, overwrite))).toEqual(kept)
})

it('what has no size, as a link, is never the same by it', () => {
  expect(isKept(there({}), { modified: THEN }, 'if-changed')).toBe(false)
})
