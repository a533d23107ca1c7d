import { type Chance, type Clock, newId } from '../../base/index.ts'
import {
  type Catalog,
  noteSeenPoints,
  type PointRow,
  runsInStates,
  setRows,
  updatePoints,
  vaultRows,
} from '../../database/index.ts'
import { ACTIVE_STATES, pointOfSnapshot, RUN_TAG, SET_TAG, taggedId } from '../../job/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'

interface NoteTools {
  readonly catalog: Catalog
  readonly clock: Clock
  readonly chance: Chance
}

/** Notes what was found in a vault, in one transaction. Returns the ids of what is new; none where the vault was detached. */
export function noteFoundPoints(
  { catalog, clock, chance }: NoteTools,
  vaultId: string,
  snapshots: readonly StoredSnapshot[],
  seenAt: number,
): Promise<string[]> {
  if (snapshots.length === 0) return Promise.resolve([])
  return catalog.transaction(async (rows) => {
    const vault = await vaultRows.find(rows, vaultId)
    if (!vault || vault.removed_at !== null) return []
    const sets = new Set((await setRows.all(rows)).map(({ id }) => id))
    // A run that goes on notes its point itself, with its own end.
    const goingOn = new Set(
      (await runsInStates(rows, [...ACTIVE_STATES, 'interrupted'])).filter(isOpen).map(({ id }) => id),
    )
    const points: PointRow[] = []
    for (const snapshot of snapshots) {
      if (goingOn.has(taggedId(snapshot.tags, RUN_TAG) ?? '')) continue
      const setId = taggedId(snapshot.tags, SET_TAG)
      points.push({
        ...pointRow(snapshot),
        id: newId(clock, chance),
        vault_id: vaultId,
        set_id: setId !== undefined && sets.has(setId) ? setId : null,
      })
    }
    await noteSeenPoints(rows, points, seenAt)
    return points.map(({ id }) => id)
  })
}

/** Notes that these points are not in their vault any more. Returns their ids. */
export async function noteGonePoints({ catalog, clock }: NoteTools, ids: readonly string[]): Promise<string[]> {
  if (ids.length > 0) await catalog.transaction((rows) => updatePoints(rows, ids, { removed_at: clock.now() }))
  return [...ids]
}

function isOpen({ state, process }: { readonly state: string; readonly process: string | null }): boolean {
  return state !== 'interrupted' || process !== null
}

function pointRow(snapshot: StoredSnapshot): Omit<PointRow, 'id' | 'vault_id' | 'set_id'> {
  const made = pointOfSnapshot(snapshot)
  return {
    run_id: null,
    snapshot_id: made.snapshotId,
    host: made.host,
    roots: JSON.stringify(made.roots),
    started_at: made.startedAt,
    completed_at: made.completedAt,
    time_zone: made.timeZone,
    kind: made.kind,
    files_missed: made.filesMissed,
    is_complete: made.isComplete ? 1 : 0,
    files: made.files ?? null,
    bytes: made.bytes ?? null,
    bytes_added: made.bytesAdded ?? null,
    kept_until: null,
    removed_at: null,
  }
}
