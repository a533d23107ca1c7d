import { describe, expect, it } from 'vitest'

import {
  type SnapshotFilter,
  type StoredSnapshot,
  chooseParent,
  compareSnapshots,
  findSnapshot,
  fitsFilter,
  newestOf,
  parseTagList,
} from '../../../../core/snapshot/index.ts'
import { rejection } from './rejection.ts'

function stored(id: string, changes: Partial<StoredSnapshot> & { at?: bigint } = {}): StoredSnapshot {
  const { at = 0n, ...others } = changes
  return {
    id: id.padEnd(64, '0'),
    time: { ns: at, offsetMinutes: 0 },
    tree: 'ab'.repeat(32),
    paths: ['/home'],
    hostname: 'vm',
    username: 'root',
    uid: 0,
    gid: 0,
    excludes: [],
    tags: [],
    programVersion: '',
    ...others,
  }
}

const at = (ns: bigint, offsetMinutes: number): Pick<StoredSnapshot, 'time'> => ({ time: { ns, offsetMinutes } })

const fits = (filter: SnapshotFilter, changes: Partial<StoredSnapshot> = {}): boolean =>
  fitsFilter(stored('1', changes), filter)

describe('choosing snapshots', () => {
  // What restic 0.14 answers for a snapshot tagged x and y, and for one without tags.
  it.each([
    ['x', true, false],
    [' y', true, false],
    ['x,y', true, false],
    ['x, y', true, false],
    ['x,q', false, false],
    ['', false, true],
    [',', false, true],
    ['x,', false, false],
  ])('takes --tag %j as restic does', (value, tagged, untagged) => {
    const filter = { tags: [parseTagList(value)] }
    expect(fits(filter, { tags: ['x', 'y'] })).toBe(tagged)
    expect(fits(filter, { tags: [] })).toBe(untagged)
  })

  it('takes what was backed up for newer than what was made from it, whatever their ids', () => {
    for (const [backedUp, made] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const all = [stored(made, { original: stored(backedUp).id }), stored(backedUp), stored('0', { at: -1n })]
      expect(newestOf(all)?.id).toBe(stored(backedUp).id)
      expect(findSnapshot(all, 'latest').id).toBe(stored(backedUp).id)
    }
  })

  it('takes one of several --tag', () => {
    expect(fits({ tags: [['a'], ['x', 'y'], ['']] }, { tags: ['x', 'y'] })).toBe(true)
    expect(fits({ tags: [['a'], ['x', 'y'], ['']] }, { tags: ['x'] })).toBe(false)
    expect(fits({ tags: [['a'], ['']] })).toBe(true)
  })

  it('takes one of several --host, and any for an empty one', () => {
    expect(fits({ hosts: ['a', 'vm'] })).toBe(true)
    expect(fits({ hosts: ['a'] })).toBe(false)
    expect(fits({ hosts: [''] })).toBe(true)
  })

  it('wants every --path', () => {
    expect(fits({ paths: ['/b', '/a'] }, { paths: ['/a', '/b', '/c'] })).toBe(true)
    expect(fits({ paths: ['/a', '/d'] }, { paths: ['/a', '/b', '/c'] })).toBe(false)
    expect(fits({ paths: ['/home/x'] })).toBe(false)
  })

  it('wants all kinds of conditions at once', () => {
    expect(fits({ hosts: ['vm'], paths: ['/home'], tags: [['t']] })).toBe(false)
    expect(fits({ hosts: ['vm'], paths: ['/home'], tags: [['']] })).toBe(true)
    expect(fits({})).toBe(true)
  })

  it('finds a snapshot by as much of its id as tells it from the others', () => {
    const all = [stored('abc1'), stored('abc2'), stored('b')]
    expect(findSnapshot(all, 'abc2').id).toBe('abc2'.padEnd(64, '0'))
    expect(findSnapshot(all, 'B').id).toBe('b'.padEnd(64, '0'))
    expect(findSnapshot(all, stored('abc1').id).id).toBe(stored('abc1').id)
  })

  it('lists the matches where an id is ambiguous', () => {
    const all = [stored('abc2'), stored('abc1'), stored('b')]
    expect(() => findSnapshot(all, 'abc')).toThrow('2 snapshots have an id that begins with "abc": abc10000, abc20000')
    expect(rejection(() => findSnapshot(all, 'abc'))).toBe('input/invalid')
  })

  it('does not list hundreds of matches', () => {
    const all = Array.from({ length: 300 }, (_, i) => stored(`a${i.toString(16).padStart(3, '0')}`))
    expect(() => findSnapshot(all, 'a')).toThrow(/^300 snapshots .* and 280 more\.$/)
  })

  it.each(['c', '', 'latest~1', 'abc1'.padEnd(65, '0')])('finds none for %j', (wanted) => {
    expect(rejection(() => findSnapshot([stored('abc1')], wanted))).toBe('repository/not-in-repository')
  })

  it('finds the latest that fits the filter', () => {
    const all = [stored('1', { at: 5n }), stored('2', { at: 9n, hostname: 'other' }), stored('3', { at: 7n })]
    expect(findSnapshot(all, 'latest').id).toBe(stored('2').id)
    expect(findSnapshot(all, 'latest', { hosts: ['vm'] }).id).toBe(stored('3').id)
    expect(rejection(() => findSnapshot(all, 'latest', { hosts: ['none'] }))).toBe('repository/not-in-repository')
  })

  it('does not apply the filter to ids', () => {
    expect(findSnapshot([stored('1')], '1', { hosts: ['none'] }).id).toBe(stored('1').id)
  })

  it('orders by time, then by id, to the nanosecond and whatever the zone', () => {
    const all = [stored('3', at(2n ** 60n + 1n, -600)), stored('2', at(2n ** 60n, 600)), stored('1', at(2n ** 60n, 0))]
    expect(all.toSorted(compareSnapshots).map(({ id }) => id[0])).toEqual(['1', '2', '3'])
    expect(newestOf(all)?.id[0]).toBe('3')
    expect(newestOf([])).toBeUndefined()
  })
})

describe('choosing the parent of a backup', () => {
  const backup = { hostname: 'vm', paths: ['/b', '/a'], now: 100n }
  const paths = ['/a', '/b']

  it('takes the newest snapshot of the same host and the same set of paths', () => {
    const all = [
      stored('1', { at: 10n, paths }),
      stored('2', { at: 20n, paths: ['/b', '/a', '/b'] }),
      stored('3', { at: 30n, paths, hostname: 'other' }),
      stored('4', { at: 40n, paths: ['/a'] }),
      stored('5', { at: 50n, paths: ['/a', '/b', '/c'] }),
    ]
    expect(chooseParent(all, backup)?.id[0]).toBe('2')
  })

  it('takes none that is newer than the backup', () => {
    expect(chooseParent([stored('1', { at: 100n, paths }), stored('2', { at: 101n, paths })], backup)?.id[0]).toBe('1')
    expect(chooseParent([stored('2', { at: 101n, paths })], backup)).toBeUndefined()
  })
})
