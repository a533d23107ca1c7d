import type { PolicySettings, RetentionDecision, Source } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import { DAY, instantAt, NOW } from '../world/ids.ts'
import { type Answers, byId, nameOf, pageOf, type Stage } from './stage.ts'

/** Changes of what is protected, and what comes of policies. */
export function answerProtection({ world, live }: Stage): Answers {
  return {
    sources: {
      update: async ({ id, name }) => {
        const source: Source = { ...byId(world.sources, id), ...(name !== undefined && { name }) }
        world.sources = world.sources.map((other) => (other.id === id ? source : other))
        live.emit({ type: 'changed', kind: 'source', id })
        return source
      },
      remove: async ({ id }) => {
        const { name, sets } = byId(world.sources, id)
        if (sets > 0)
          throw refuse('CONFLICT', 'object/conflict', `${name} is used by backup sets.`, {
            remedy: 'Remove these first.',
          })
        world.sources = world.sources.filter((other) => other.id !== id)
        return {}
      },
      browse: async ({ path, content, limit, cursor }) => {
        if (path.startsWith('/home'))
          throw refuse('BAD_INPUT', 'input/invalid', `${path} cannot be listed: permission denied.`, {
            safety: 'Nothing was changed.',
            remedy: 'Check the path, that it is a folder, and that the service may read it.',
          })
        return pageOf(
          namesIn(path).map((name) => {
            const whole = `${path === '/' ? '' : path}/${name}`
            const type = name.includes('.') ? ('file' as const) : ('folder' as const)
            return {
              name,
              path: whole,
              type,
              size: type === 'file' ? '1204' : null,
              modifiedAt: instantAt(NOW - DAY),
              isIncluded: content ? !(content.excludes ?? []).some((pattern) => fits(pattern, whole)) : null,
            }
          }),
          limit,
          cursor,
        )
      },
    },
    sets: {
      update: async ({ id, name, policyId, content, isEnabled }) => {
        const before = byId(world.sets, id)
        const set = {
          ...before,
          ...(name !== undefined && { name }),
          ...(content && { content }),
          ...(policyId !== undefined && { policy: nameOf(byId(world.policies, policyId)) }),
          ...(isEnabled !== undefined && {
            isEnabled,
            protection: isEnabled ? ('protected' as const) : ('disabled' as const),
            nextRunAt: isEnabled ? before.nextRunAt : null,
          }),
        }
        world.sets = world.sets.map((other) => (other.id === id ? set : other))
        return set
      },
      remove: async ({ id }) => {
        byId(world.sets, id)
        world.sets = world.sets.filter((other) => other.id !== id)
        live.emit({ type: 'changed', kind: 'set', id })
        return {}
      },
      retention: async ({ id }) => {
        const set = byId(world.sets, id)
        const { settings } = byId(world.policies, set.policy.id)
        const points = world.points.filter((point) => point.set?.id === id).toReversed()
        return { decisions: decide(points, settings) }
      },
    },
    policies: {
      remove: async ({ id }) => {
        const { name, sets } = byId(world.policies, id)
        if (sets > 0)
          throw refuse('CONFLICT', 'object/conflict', `${name} is used by backup sets.`, {
            remedy: 'Give these another policy first.',
          })
        world.policies = world.policies.filter((other) => other.id !== id)
        live.emit({ type: 'changed', kind: 'policy', id })
        return {}
      },
      preview: async ({ settings }) => ({
        times: Array.from({ length: settings.schedule.rules.length === 0 ? 0 : 14 }, (_, day) =>
          instantAt(Date.parse('2026-11-22T21:00:00.000Z') + day * DAY),
        ),
        decisions: decide(
          Array.from({ length: 365 }, (_, day) => ({
            id: null,
            completedAt: instantAt(NOW + (day - 364) * DAY),
            isComplete: true,
          })),
          settings,
        ),
      }),
    },
  }
}

function namesIn(path: string): string[] {
  if (path === '/') return ['etc', 'home', 'srv', 'var']
  if (path === '/srv') return ['engineering', 'finance', 'scans', 'scratch', 'web']
  return path.split('/').length > 4
    ? []
    : ['2024', '2025', '2026', 'cache', 'Budget 2026.xlsx', 'ledger.db', 'notes.tmp', 'readme.txt']
}

/** Enough of restic's patterns for pictures: whole paths and names with stars. */
function fits(pattern: string, path: string): boolean {
  const text = pattern.startsWith('/') ? path : (path.split('/').at(-1) ?? '')
  const letters = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${letters}$`).test(text)
}

/** Not the appliance's rules, which its own tests prove: enough of them to look at. */
function decide(
  points: readonly { id: string | null; completedAt: string; isComplete: boolean }[],
  { retention }: PolicySettings,
): RetentionDecision[] {
  return points.map(({ id, completedAt, isComplete }, index) => {
    const age = Math.floor((NOW - Date.parse(completedAt)) / DAY)
    const day = new Date(completedAt)
    const reasons: RetentionDecision['reasons'] = []
    const until = (days: number): string => instantAt(Date.parse(completedAt) + days * DAY)
    if (age < retention.days) reasons.push({ rule: 'daily', period: null, until: until(retention.days) })
    if (day.getUTCDay() === 0 && age < retention.weeks * 7)
      reasons.push({
        rule: 'weekly',
        period: `${day.getUTCFullYear()}-W${String(Math.ceil((day.getUTCDate() + day.getUTCMonth() * 30.4) / 7)).padStart(2, '0')}`,
        until: until(retention.weeks * 7),
      })
    if (new Date(Date.parse(completedAt) + DAY).getUTCDate() === 1 && age < retention.months * 31)
      reasons.push({ rule: 'monthly', period: completedAt.slice(0, 7), until: until(retention.months * 31) })
    if (index === points.length - 1) reasons.push({ rule: 'newest-complete', period: null, until: null })
    const isKept = reasons.length > 0
    const last = reasons.at(-1)?.until ?? null
    return { pointId: id, completedAt, isComplete, isKept, until: isKept ? last : null, reasons }
  })
}
