import { type Chance, type Clock, newId } from '../../base/index.ts'
import {
  addEvent,
  type Catalog,
  findRuns,
  noteSeenPoints,
  type PointRow,
  pointsOfRun,
  type Rows,
  type RunRow,
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
    const runs = await runsOf(rows, vaultId, snapshots)
    const points: PointRow[] = []
    for (const snapshot of snapshots) {
      const runId = taggedId(snapshot.tags, RUN_TAG) ?? ''
      if (goingOn.has(runId)) continue
      const setId = taggedId(snapshot.tags, SET_TAG)
      points.push({
        ...pointRow(snapshot),
        id: newId(clock, chance),
        vault_id: vaultId,
        set_id: setId !== undefined && sets.has(setId) ? setId : null,
        run_id: runs.has(runId) ? runId : null,
      })
    }
    await noteSeenPoints(rows, points, seenAt)
    for (const { run_id, snapshot_id } of points) {
      const run = runs.get(run_id ?? '')
      if (run && (await hasAnotherPoint(rows, run, snapshot_id))) await noteExtra(rows, run, snapshot_id, clock.now())
    }
    return points.map(({ id }) => id)
  })
}

/** Notes that these points are not in their vault any more. Returns their ids. */
export async function noteGonePoints({ catalog, clock }: NoteTools, ids: readonly string[]): Promise<string[]> {
  if (ids.length > 0) await catalog.transaction((rows) => updatePoints(rows, ids, { removed_at: clock.now() }))
  return [...ids]
}

/** Those that the catalog knows, by id. A snapshot that was copied here from another vault is of no run of this one. */
async function runsOf(
  rows: Rows,
  vaultId: string,
  snapshots: readonly StoredSnapshot[],
): Promise<ReadonlyMap<string, RunRow>> {
  const ids = new Set(snapshots.flatMap(({ tags }) => taggedId(tags, RUN_TAG) ?? []))
  const runs = await findRuns(rows, [...ids])
  return new Map(runs.filter(({ vault_id }) => vault_id === vaultId).map((run) => [run.id, run]))
}

/** The fence keeps a run from making two; what went past it, or was made outside of it, is not passed over in silence. */
async function hasAnotherPoint(rows: Rows, { id }: RunRow, snapshotId: string): Promise<boolean> {
  const points = await pointsOfRun(rows, id)
  return points.some(({ removed_at, snapshot_id }) => removed_at === null && snapshot_id !== snapshotId)
}

async function noteExtra(rows: Rows, { id }: RunRow, snapshotId: string, at: number): Promise<void> {
  const message =
    'A further recovery point that names this run was found in the vault. It was added to the list, and its policy keeps and removes it like any other.'
  await addEvent(rows, { run_id: id, at, level: 'warning', code: 'further-point', message, object: snapshotId })
}

function isOpen({ state, process }: { readonly state: string; readonly process: string | null }): boolean {
  return state !== 'interrupted' || process !== null
}

function pointRow(snapshot: StoredSnapshot): Omit<PointRow, 'id' | 'vault_id' | 'set_id' | 'run_id'> {
  const made = pointOfSnapshot(snapshot)
  return {
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
    off_site_at: null,
  }
}
