import { createHash } from 'node:crypto'

import { CoreError } from '../base/index.ts'
import type { StoredSnapshot } from './document/snapshot.ts'

/** Bounds what snapshots that are held together take. */
export interface SnapshotHold {
  /**
   * The snapshot, to be held on to, with lists in common with those before it. `bytes`: of its document, opened. Throws
   * `repository/unsupported` where it does not fit beside them any more.
   */
  add(snapshot: StoredSnapshot, bytes: number): StoredSnapshot
}

/** Half a million snapshots as restic writes them, or eight of the largest. A few kilobytes can be as many as one likes. */
const MOST_BYTES = 512 * 1024 * 1024
/** What a text takes beside its characters, as an element of a list. */
const TEXT_BYTES = 48
/** Shorter lists are not looked for among others: the snapshot itself takes as much. */
const WORTH_SHARING = 64

const LISTS = ['paths', 'excludes', 'tags'] as const

/**
 * Snapshots of one schedule have the same list of paths, which may be long: each different list is kept once. `location`
 * is that of the repository, for messages.
 */
export function createSnapshotHold(location: string): SnapshotHold {
  const known = new Map<string, readonly string[]>()
  let held = 0

  return {
    add(snapshot, bytes) {
      const shared: Partial<Record<(typeof LISTS)[number], readonly string[]>> = {}
      const unknown = new Map<string, readonly string[]>()
      let added = bytes
      for (const name of LISTS) {
        const list = snapshot[name]
        const key = list.length > WORTH_SHARING ? keyOf(list) : undefined
        const same = key === undefined ? undefined : known.get(key)
        if (same) {
          shared[name] = same
          added -= charactersOf(list)
        } else {
          added += list.length * TEXT_BYTES
          if (key !== undefined) unknown.set(key, list)
        }
      }
      if (held + added > MOST_BYTES) throw tooMuch(snapshot.id, location)
      held += added
      for (const [key, list] of unknown) known.set(key, list)
      return { ...snapshot, ...shared }
    },
  }
}

function keyOf(list: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of list) hash.update(`${text.length},${text}`)
  return hash.digest('base64')
}

/** No more than the list takes in a document. */
function charactersOf(list: readonly string[]): number {
  let characters = 0
  for (const text of list) characters += text.length
  return characters
}

function tooMuch(id: string, location: string): CoreError {
  return new CoreError(
    'repository/unsupported',
    `Snapshot ${id} is left out: with it, the snapshots of the repository at ${location} would say more than 512 MiB.`,
    {
      safety: 'Nothing was changed, and the snapshot is what it was.',
      remedy:
        'Name fewer snapshots: by their ids, or with --host, --tag or --path. `holdfast repo forget` with ids removes those that nobody needs.',
    },
  )
}
