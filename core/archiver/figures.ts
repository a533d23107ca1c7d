import { defineCounters } from '../base/index.ts'

/** How far the workers are. */
export interface Figures {
  readonly filesNew: number
  readonly filesChanged: number
  readonly filesUnmodified: number
  /** Symbolic links, devices, FIFOs: entries without content that are not folders. */
  readonly others: number
  /** Left out: a socket exists only while its program runs. */
  readonly sockets: number
  readonly dirsNew: number
  readonly dirsChanged: number
  readonly dirsUnmodified: number
  /** Bytes of all regular files seen, read or not; of one that is being read, as far as it was. */
  readonly bytesProcessed: number
  /** Bytes of them that had to be read. */
  readonly bytesRead: number
}

/** Each worker counts in a row of its own. */
export const FIGURES = defineCounters<keyof Figures>(
  'filesNew',
  'filesChanged',
  'filesUnmodified',
  'others',
  'sockets',
  'dirsNew',
  'dirsChanged',
  'dirsUnmodified',
  'bytesProcessed',
  'bytesRead',
)

/**
 * What was done by a pass and by the one after it, which looked at all once more but read only what the first had
 * missed: that counts as new, whatever an earlier snapshot had of it.
 */
export function withRetried(first: Figures, again: Figures): Figures {
  return {
    ...first,
    filesNew: first.filesNew + again.filesNew,
    dirsNew: first.dirsNew + again.dirsNew,
    others: Math.max(first.others, again.others),
    sockets: Math.max(first.sockets, again.sockets),
    bytesProcessed: Math.max(first.bytesProcessed, again.bytesProcessed),
    bytesRead: first.bytesRead + again.bytesRead,
  }
}
