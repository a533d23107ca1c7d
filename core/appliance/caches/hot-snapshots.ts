import { allPoints, type Rows, setRows } from '../../database/index.ts'
import { hotPoints } from '../../policy/index.ts'

/** Snapshots of a vault that stay hot; `otherwise`: for so many days where their backup set says nothing. */
export async function hotSnapshots(rows: Rows, vaultId: string, otherwise: number, now: number): Promise<string[]> {
  const days = new Map((await setRows.all(rows)).map(({ id, hot_days }) => [id, hot_days ?? otherwise]))
  const points = (await allPoints(rows, { vaultId })).map((point) => ({
    id: point.snapshot_id,
    set: point.set_id ?? undefined,
    completed: point.completed_at,
    isComplete: point.is_complete === 1,
  }))
  return [...hotPoints(points, (set) => (set === undefined ? otherwise : (days.get(set) ?? otherwise)), now)]
}
