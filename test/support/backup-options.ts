import type { BackupOptions } from '../../core/archiver/index.ts'
import type { SelectionOptions } from '../../core/selection/index.ts'
import { createFileServerSource } from '../../core/source/index.ts'

/** What a test says otherwise. */
export type BackupChanges = Partial<BackupOptions> & { readonly selection?: SelectionOptions }

/** How tests back up, but for what they say otherwise: with one worker, everything, without a second try. */
export function backupOptions(
  target: string | Buffer | readonly Buffer[],
  { selection = {}, ...changes }: BackupChanges = {},
): BackupOptions {
  const roots = Array.isArray(target) ? target : [Buffer.from(target as string)]
  return {
    source: createFileServerSource({ kind: 'file-server', roots, selection }),
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
