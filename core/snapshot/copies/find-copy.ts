import { createHash } from 'node:crypto'

import type { StoredSnapshot } from '../document/snapshot.ts'

/** Finds the copies of snapshots of another repository, whichever of the two was copied from. */
export interface CopyFinder {
  /** The snapshot that holds the same and says the same, or undefined. */
  find(snapshot: StoredSnapshot): StoredSnapshot | undefined
}

/**
 * By restic's rule: both are of one origin (an id, that of the first of them), and alike in all but their ids, parents,
 * origins, and what says how the backup went.
 */
export function createCopyFinder(present: Iterable<StoredSnapshot>): CopyFinder {
  const byOrigin = new Map<string, StoredSnapshot>()
  for (const snapshot of present) {
    const content = contentOf(snapshot)
    for (const origin of new Set([snapshot.id, originOf(snapshot)])) {
      const key = origin + content
      if (!byOrigin.has(key)) byOrigin.set(key, snapshot)
    }
  }
  return { find: (snapshot) => byOrigin.get(originOf(snapshot) + contentOf(snapshot)) }
}

const originOf = ({ id, original = id }: StoredSnapshot): string => original

/** Alike where two snapshots are, whatever the order of their paths and tags. A million of them are gone through once. */
function contentOf({ tree, time, hostname, username, uid, gid, paths, tags, excludes }: StoredSnapshot): string {
  const hash = createHash('sha256')
  const counts = [paths.length, tags.length]
  hash.update(JSON.stringify([tree, String(time.ns), hostname, username, uid, gid, counts]))
  for (const list of [setOf(paths), setOf(tags), excludes]) {
    hash.update(`,${list.length},`)
    for (const each of list) hash.update(JSON.stringify(each))
  }
  return hash.digest('hex')
}

/** Each once, in one order. */
const setOf = (list: readonly string[]): readonly string[] => [...new Set(list)].toSorted()
