import type { BigIntStats } from 'node:fs'

/** What `lstat` tells: every number a BigInt, times in nanoseconds. */
export type EntryStat = Pick<
  BigIntStats,
  'mode' | 'ino' | 'dev' | 'rdev' | 'nlink' | 'uid' | 'gid' | 'size' | 'blocks' | 'mtimeNs' | 'ctimeNs'
>

/** The kinds of entries that a file system holds; a socket exists only while its program runs and is not backed up. */
export type EntryKind = 'file' | 'dir' | 'symlink' | 'fifo' | 'chardev' | 'dev' | 'socket'

// Linux, include/uapi/linux/stat.h.
const KINDS = new Map<number, EntryKind>([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symlink'],
  [0o010000, 'fifo'],
  [0o020000, 'chardev'],
  [0o060000, 'dev'],
  [0o140000, 'socket'],
])

/** The kind of an entry, in restic's words. Undefined for a type that Linux does not have. */
export function kindOf(stat: EntryStat): EntryKind | undefined {
  return kindOfMode(Number(stat.mode))
}

/** The same, of `st_mode`. */
export function kindOfMode(mode: number): EntryKind | undefined {
  return KINDS.get(mode & 0o170000)
}

/** Whether it may be worth asking where a file has holes: it occupies fewer blocks than its size needs. */
export function mayHaveHoles(stat: EntryStat): boolean {
  return stat.blocks * 512n < stat.size
}
