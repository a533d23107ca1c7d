import { describe, expect, it } from 'vitest'

import { groupSnapshots, newestOfEach, type StoredSnapshot } from '../../../../core/snapshot/index.ts'

function made(id: string, hostname: string, paths: string[], tags: string[] = []): StoredSnapshot {
  return {
    id,
    time: { ns: BigInt(id), offsetMinutes: 0 },
    tree: '0'.repeat(64),
    paths,
    hostname,
    username: '',
    uid: 0,
    gid: 0,
    excludes: [],
    tags,
    programVersion: '',
  }
}

const ALL = [
  made('1', 'ada', ['/a', '/b'], ['x']),
  made('2', 'bob', ['/a'], ['y', 'x']),
  made('3', 'ada', ['/b', '/a'], ['x', 'y']),
  made('4', 'ada', ['/a']),
]
const ids = (snapshots: readonly StoredSnapshot[]): string => snapshots.map(({ id }) => id).join('')

describe('groups of snapshots', () => {
  it.each([
    [['host'], ['134', '2']],
    [['paths'], ['13', '24']],
    [['tags'], ['1', '23', '4']],
    [
      ['host', 'paths'],
      ['13', '2', '4'],
    ],
    [[], ['1234']],
  ] as const)('by %j have that in common, in whatever order it is stored', (by, expected) => {
    expect(groupSnapshots(ALL, by).map(({ snapshots }) => ids(snapshots))).toEqual(expected)
  })

  it('are named as restic names them', () => {
    expect(groupSnapshots(ALL.slice(1, 2), ['host', 'tags'])[0]?.key).toEqual({ hostname: 'bob', tags: ['x', 'y'] })
  })

  it('give the newest of each host and set of targets', () => {
    expect(ids(newestOfEach(ALL, 1))).toBe('234')
    expect(ids(newestOfEach(ALL, 2))).toBe('1234')
  })
})
