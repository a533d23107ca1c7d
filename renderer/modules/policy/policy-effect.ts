import type { BackupSet, PolicySettings, RetentionDecision } from '../../../core/contract/index.ts'
import type { Client } from '../../client/index.ts'

/** What a change of a policy means for the points of a backup set that are kept today. */
export interface SetEffect {
  readonly set: Pick<BackupSet, 'id' | 'name'>
  readonly points: number
  /** Kept today, and no longer after the change. */
  readonly removed: number
  /** Expired today, and kept after the change: where they have not been removed yet. */
  readonly rescued: number
}

/** Compares the decisions on the same points. */
export function compareDecisions(
  before: readonly RetentionDecision[],
  after: readonly RetentionDecision[],
): Omit<SetEffect, 'set'> {
  const kept = new Map(before.map(({ pointId, isKept }) => [pointId, isKept]))
  const went = (isKept: boolean): number =>
    after.filter((point) => kept.has(point.pointId) && point.isKept === isKept && kept.get(point.pointId) === !isKept)
      .length
  return { points: after.length, removed: went(false), rescued: went(true) }
}

/** Whether a change may move points at all: they are kept by retention, and by the days of the time zone. */
export function mayMovePoints(before: PolicySettings, after: PolicySettings): boolean {
  return (
    before.schedule.timeZone !== after.schedule.timeZone ||
    (['days', 'weeks', 'months', 'years'] as const).some((unit) => before.retention[unit] !== after.retention[unit])
  )
}

/** One set after another: it is the appliance that has to decide on all their points. */
export async function effectOn(
  client: Pick<Client, 'policies'>,
  sets: readonly Pick<BackupSet, 'id' | 'name'>[],
  { before, after }: { readonly before: PolicySettings; readonly after: PolicySettings },
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<SetEffect[]> {
  if (!mayMovePoints(before, after)) return []
  const options = signal === undefined ? {} : { signal }
  const effects: SetEffect[] = []
  for (const { id, name } of sets) {
    const [old, next] = await Promise.all([
      client.policies.preview({ settings: before, setId: id }, options),
      client.policies.preview({ settings: after, setId: id }, options),
    ])
    effects.push({ set: { id, name }, ...compareDecisions(old.decisions, next.decisions) })
  }
  return effects
}
