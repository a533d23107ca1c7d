import { parseTime, type StoredSnapshot } from '../../core/snapshot/index.ts'

/** A snapshot that is as others are, but for what is said. */
export function sampleSnapshot(change: Partial<StoredSnapshot> = {}): StoredSnapshot {
  return {
    id: '1a'.repeat(32),
    time: parseTime('2026-11-21T04:32:15.898374659+05:30'),
    tree: '2b'.repeat(32),
    paths: ['/home', '/etc'],
    hostname: 'ada',
    username: 'root',
    uid: 1,
    gid: 2,
    excludes: ['*.tmp', '*.iso'],
    tags: ['nightly', 'db'],
    programVersion: 'holdfast 0.1.0',
    ...change,
  }
}
