import { formatEntryPath, type TreeReader } from '../../snapshot/index.ts'
import { pathIn } from './entry-path.ts'

/** An entry of a recovery point, as a list shows it. */
export interface EntryRow {
  /** As restic writes it. */
  readonly name: string
  readonly path: string
  readonly type: 'folder' | 'file' | 'link' | 'other'
  /** Bytes; undefined for all but files. */
  readonly size: bigint | undefined
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** `rwxr-x---`, as `ls` shows it. */
  readonly mode: string
  /** Names, or numbers where they have none. */
  readonly owner: string
  readonly group: string
  readonly linkTarget: string | undefined
}

/** The entry that the reader stands on, of this folder: empty for the root. */
export function entryRow(node: TreeReader, folder: Buffer): EntryRow {
  return {
    name: formatEntryPath(node.name),
    path: formatEntryPath(pathIn(folder, node.name)),
    type: TYPES[node.type] ?? 'other',
    size: node.isFile ? node.size : undefined,
    mtime: node.mtime,
    mode: modeText(node.mode),
    owner: node.user || String(node.uid),
    group: node.group || String(node.gid),
    linkTarget: node.linkTarget && formatEntryPath(node.linkTarget),
  }
}

const TYPES: Readonly<Record<string, EntryRow['type']>> = { dir: 'folder', file: 'file', symlink: 'link' }

/** The nine bits that Go's file mode and Unix' have alike. */
function modeText(mode: number): string {
  return Array.from({ length: 9 }, (_, bit) => ((mode >> (8 - bit)) & 1 ? ('rwx'[bit % 3] ?? '-') : '-')).join('')
}
