import type { Policy, PolicySettings, RetentionDecision } from '../../../../core/contract/index.ts'
import { decideRetention, newestTimes, nextTimes, type RetentionPoint } from '../../../../core/policy/index.ts'
import { refuse } from '../refuse.ts'
import { DAY, idOf, instantAt, NOW } from '../world/ids.ts'
import { type Answers, byId, type Stage } from './stage.ts'

/** Policies, and what comes of them: by the rules of the appliance, as these decide what a picture shows. */
export function answerPolicies({ world, live, count: next }: Stage): Answers {
  const counted = (policy: Policy): Policy => ({
    ...policy,
    sets: world.sets.filter((set) => set.policy.id === policy.id).length,
  })
  const find = (id: string): Policy => counted(byId(world.policies, id))

  function refuseName(name: string, own?: string): void {
    if (!world.policies.some((other) => other.name === name && other.id !== own)) return
    const message = `There is a policy called ${name} already.`
    throw refuse('CONFLICT', 'object/conflict', message, {
      fields: [{ path: 'name', message }],
      safety: 'Nothing was changed.',
      remedy: 'Choose another name.',
    })
  }

  return {
    policies: {
      list: async () => ({ items: world.policies.map(counted) }),
      get: async ({ id }) => find(id),
      create: async ({ name, settings }) => {
        refuseName(name)
        const now = instantAt(NOW)
        const policy = { id: idOf(4, next()), name, settings, createdAt: now, changedAt: now, sets: 0 }
        world.policies = [...world.policies, policy]
        live.emit({ type: 'changed', kind: 'policy', id: policy.id })
        return policy
      },
      update: async ({ id, name, settings }) => {
        const policy = find(id)
        if (name !== undefined) refuseName(name, id)
        const changed = { ...policy, ...(name !== undefined && { name }), ...(settings && { settings }) }
        world.policies = world.policies.map((other) => (other.id === id ? changed : other))
        live.emit({ type: 'changed', kind: 'policy', id })
        return changed
      },
      remove: async ({ id }) => {
        const { name, sets } = find(id)
        if (sets > 0)
          throw refuse('CONFLICT', 'object/conflict', `${name} is used by backup sets.`, {
            safety: 'Nothing was changed.',
            remedy: 'Give these another policy first.',
          })
        world.policies = world.policies.filter((other) => other.id !== id)
        live.emit({ type: 'changed', kind: 'policy', id })
        return {}
      },
      preview: async ({ settings, setId }) => ({
        times: nextTimes(settings.schedule, NOW, 50).map(instantAt),
        decisions: setId === undefined ? decideYear(settings) : decidePoints(setId, settings),
      }),
    },
    sets: {
      retention: async ({ id, limit }) => {
        const decisions = decidePoints(id, byId(world.policies, byId(world.sets, id).policy.id).settings)
        const kept = decisions.filter(({ isKept }) => isKept).length
        return { items: decisions.toReversed().slice(0, limit), next: null, total: decisions.length, kept }
      },
    },
  }

  function decidePoints(setId: string, { schedule, retention }: PolicySettings): RetentionDecision[] {
    byId(world.sets, setId)
    const points = world.points
      .filter(({ set }) => set?.id === setId)
      .toReversed()
      .map(({ id, completedAt, isComplete }) => ({
        id,
        kind: 'full' as const,
        completed: Date.parse(completedAt),
        timeZone: schedule.timeZone,
        isComplete,
      }))
    return decide(points, retention, ({ id }) => id)
  }
}

function decideYear({ schedule, retention }: PolicySettings): RetentionDecision[] {
  const times = newestTimes(schedule, NOW - 366 * DAY, NOW, 10_000)
  const points = times.map((completed, index) => ({
    id: String(index),
    kind: 'full' as const,
    completed,
    timeZone: schedule.timeZone,
    isComplete: true,
  }))
  return decide(points, retention, () => null)
}

function momentOf(moment: number): string | null {
  return Number.isFinite(moment) ? instantAt(moment) : null
}

function decide(
  points: readonly RetentionPoint[],
  retention: PolicySettings['retention'],
  idOfPoint: (point: RetentionPoint) => string | null,
): RetentionDecision[] {
  return decideRetention(points, retention, NOW).map(({ point, isKept, until, reasons }) => ({
    pointId: idOfPoint(point),
    completedAt: instantAt(point.completed),
    isComplete: point.isComplete,
    isKept,
    until: momentOf(until),
    reasons: reasons.map((reason) => ({
      rule: reason.rule,
      period: 'period' in reason ? reason.period : null,
      until: momentOf(reason.until),
    })),
  }))
}
