import { describe, expect, it } from 'vitest'

import { createCopyFinder, parseTime, type StoredSnapshot } from '../../../../../core/snapshot/index.ts'
import { sampleSnapshot } from '../../../../support/sample-snapshot.ts'

const FIRST = 'cd'.repeat(32)
const ID = sampleSnapshot().id

/** The id of the copy among these. */
const copyIn = (present: readonly StoredSnapshot[], change: Partial<StoredSnapshot> = {}): string | undefined =>
  createCopyFinder(present).find(sampleSnapshot(change))?.id

describe('the copy of a snapshot', () => {
  const copy = sampleSnapshot({ id: 'ee'.repeat(32), original: ID })

  it('is one that names it as its origin, or has the same origin, or is that origin', () => {
    expect(copyIn([copy])).toBe(copy.id)
    expect(copyIn([sampleSnapshot({ id: 'ff'.repeat(32), original: FIRST })], { original: FIRST })).toBe(
      'ff'.repeat(32),
    )
    expect(copyIn([sampleSnapshot({ id: FIRST })], { original: FIRST })).toBe(FIRST)
    expect(copyIn([sampleSnapshot()])).toBe(ID)
    expect(copyIn([sampleSnapshot({ id: FIRST, original: ID })], { id: FIRST, original: ID })).toBe(FIRST)
    expect(copyIn([sampleSnapshot({ id: FIRST })])).toBeUndefined()
    expect(copyIn([])).toBeUndefined()
  })

  const differences: Partial<StoredSnapshot>[] = [
    { tree: FIRST },
    { time: parseTime('2026-11-21T04:32:15.898374658+05:30') },
    { hostname: 'bob' },
    { username: 'ada' },
    { uid: 3 },
    { gid: 3 },
    { paths: ['/home'] },
    { paths: ['/home', '/srv'] },
    { tags: ['nightly'] },
    { tags: ['nightly', 'weekly'] },
    { excludes: ['*.iso', '*.tmp'] },
    { excludes: [] },
  ]
  it.each(differences.map((change) => [Object.keys(change)[0], change] as const))(
    'has the same %s: %#',
    (_, change) => {
      expect(copyIn([copy], change)).toBeUndefined()
      expect(copyIn([{ ...copy, ...change }])).toBeUndefined()
      expect(copyIn([{ ...copy, ...change }, copy])).toBe(copy.id)
    },
  )

  const likenesses: Partial<StoredSnapshot>[] = [
    { paths: ['/etc', '/home'] },
    { tags: ['db', 'nightly'] },
    { time: parseTime('2026-11-20T23:02:15.898374659Z') },
    { parent: FIRST },
    { programVersion: 'restic 0.18.0' },
    { unknown: Buffer.from('"later":1') },
  ]
  it.each(likenesses.map((change) => [Object.keys(change)[0], change] as const))('may have another %s', (_, change) => {
    expect(copyIn([copy], change)).toBe(copy.id)
  })

  it.each(['tags', 'paths', 'excludes'] as const)('may have hundreds of thousands of %s', (list) => {
    const many = Array.from({ length: 300_000 }, (_, at) => `/${at}`)
    expect(copyIn([{ ...copy, [list]: many }], { [list]: many })).toBe(copy.id)
    expect(copyIn([{ ...copy, [list]: many }], { [list]: many.with(150_000, '/another') })).toBeUndefined()
  })

  it('has as many paths and tags, each as often as anyone says it', () => {
    const twice = { tags: ['db', 'db', 'nightly'] }
    expect(copyIn([{ ...copy, ...twice }], { tags: ['nightly', 'db', 'db'] })).toBe(copy.id)
    expect(copyIn([{ ...copy, ...twice }], { tags: ['nightly', 'db'] })).toBeUndefined()
  })
})
