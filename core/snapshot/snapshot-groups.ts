import type { StoredSnapshot } from './document/snapshot.ts'

export type GroupKey = 'host' | 'paths' | 'tags'

export interface SnapshotGroup {
  /** What these snapshots have in common, named as restic names it. */
  readonly key: { readonly hostname?: string; readonly paths?: readonly string[]; readonly tags?: readonly string[] }
  readonly snapshots: readonly StoredSnapshot[]
}

/** Groups snapshots by what they have in common; the groups come in the order of their first snapshots. */
export function groupSnapshots(snapshots: readonly StoredSnapshot[], by: readonly GroupKey[]): SnapshotGroup[] {
  const groups = new Map<string, { key: SnapshotGroup['key']; snapshots: StoredSnapshot[] }>()
  for (const snapshot of snapshots) {
    const key = {
      ...(by.includes('host') && { hostname: snapshot.hostname }),
      ...(by.includes('paths') && { paths: snapshot.paths.toSorted() }),
      ...(by.includes('tags') && { tags: snapshot.tags.toSorted() }),
    }
    const name = JSON.stringify(key)
    const group = groups.get(name)
    if (group) group.snapshots.push(snapshot)
    else groups.set(name, { key, snapshots: [snapshot] })
  }
  return [...groups.values()]
}

/** The newest `count` of each host and set of targets, of snapshots that are in the order of their times. */
export function newestOfEach(snapshots: readonly StoredSnapshot[], count: number): StoredSnapshot[] {
  const kept = new Set(groupSnapshots(snapshots, ['host', 'paths']).flatMap((group) => group.snapshots.slice(-count)))
  return snapshots.filter((snapshot) => kept.has(snapshot))
}
