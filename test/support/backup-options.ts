import type { BackupOptions } from '../../core/archiver/index.ts'

/** How tests back up, but for what they say otherwise: with one worker, everything, without a second try. */
export function backupOptions(target: string | Buffer, changes: Partial<BackupOptions> = {}): BackupOptions {
  return {
    targets: [Buffer.from(target)],
    selection: {},
    identity: { hostname: 'host', username: 'user', uid: 0, gid: 0, tags: [], programVersion: 'holdfast test' },
    excludes: [],
    parent: 'newest',
    detection: { ctime: true, inode: true },
    missed: 'next-run',
    estimate: false,
    dryRun: false,
    workers: 1,
    ...changes,
  }
}
