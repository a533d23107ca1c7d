import { type CoreError, createKeyedGate, newId } from '../../base/index.ts'
import type { Policy, PolicySettings } from '../../contract/index.ts'
import { completionsOf, nameTaken, type PolicyRow, policyRows, setRows } from '../../database/index.ts'
import { newestTimes, nextTimes, parseRetentionRules, validateBandwidth, validateSchedule } from '../../policy/index.ts'
import { instant } from '../present/instant.ts'
import { conflict, noSuch, usedBySets } from '../present/refusals.ts'
import { decisionDtos, retentionPoints } from '../present/retention-dto.ts'
import { policySettingsOf } from '../present/stored.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { callerOf } from './session-operations.ts'

const YEAR = 366 * 24 * 60 * 60 * 1000
/** A preview of a year of hourly points has 8784. Of what is more frequent the newest are previewed. */
const MOST_PREVIEWED = 10_000

export function policyOperations({ catalog, clock, chance, publish, engine }: Tools): OperationsOf<'policies'> {
  // A year of points takes the service a tenth of a second.
  const previews = createKeyedGate({
    atOnce: 1,
    mostWaiting: 4,
    busy: {
      message: 'Several previews of yours are being made already.',
      safety: 'Nothing was changed.',
      remedy: 'Try again in a moment.',
    },
  })

  async function find(id: string): Promise<PolicyRow> {
    const policy = await policyRows.find(catalog.rows, id)
    if (!policy || policy.removed_at !== null) throw noSuch('policy', id)
    return policy
  }

  async function present(policies: readonly PolicyRow[]): Promise<Policy[]> {
    const sets = await setRows.list(catalog.rows)
    return policies.map((policy) => ({
      id: policy.id,
      name: policy.name,
      settings: policySettingsOf(policy),
      createdAt: instant(policy.created_at),
      changedAt: instant(policy.changed_at),
      sets: sets.filter(({ policy_id }) => policy_id === policy.id).length,
    }))
  }

  async function one(id: string): Promise<Policy> {
    const [policy] = await present([await find(id)])
    if (!policy) throw noSuch('policy', id)
    return policy
  }

  async function refuseName(name: string, own?: string): Promise<void> {
    const other = await policyRows.findByName(catalog.rows, name)
    if (other && other.id !== own) throw nameTaken('policy', name)
  }

  return {
    list: async () => ({ items: await present(await policyRows.list(catalog.rows)) }),
    get: ({ id }) => one(id),
    async create({ name, settings }) {
      validate(settings)
      await refuseName(name)
      const now = clock.now()
      const id = newId(clock, chance)
      const row = { id, name, settings: JSON.stringify(settings), created_at: now, changed_at: now, removed_at: null }
      await policyRows.insert(catalog.rows, row)
      publish({ type: 'changed', kind: 'policy', id })
      return one(id)
    },
    async update({ id, name, settings, ifChangedAt }) {
      await find(id)
      if (settings) validate(settings)
      if (name !== undefined) await refuseName(name, id)
      await catalog.transaction(async (rows) => {
        const now = await policyRows.find(rows, id)
        if (!now || now.removed_at !== null) throw noSuch('policy', id)
        if (ifChangedAt !== undefined && ifChangedAt !== instant(now.changed_at)) throw changedMeanwhile(now.name)
        await policyRows.update(rows, id, {
          ...(name !== undefined && { name }),
          ...(settings && { settings: JSON.stringify(settings) }),
          // Two changes are never of the same moment, whatever the clock says.
          changed_at: Math.max(clock.now(), now.changed_at + 1),
        })
      })
      publish({ type: 'changed', kind: 'policy', id })
      engine.wake()
      return one(id)
    },
    async remove({ id }) {
      const { name } = await find(id)
      const sets = (await setRows.list(catalog.rows)).filter(({ policy_id }) => policy_id === id)
      if (sets.length > 0) throw usedBySets(name, sets, 'Give these backup sets another policy first.')
      await policyRows.update(catalog.rows, id, { removed_at: clock.now() })
      publish({ type: 'changed', kind: 'policy', id })
      return {}
    },
    preview: ({ settings, setId }, call) =>
      previews.run(
        callerOf(call).userId,
        async () => {
          validate(settings)
          const now = clock.now()
          const { schedule, retention } = settings
          const times = nextTimes(schedule, now, 50).map(instant)
          if (setId === undefined) {
            // As if this schedule had been kept for a year: each run is complete as it begins.
            const made = newestTimes(schedule, now - YEAR, now, MOST_PREVIEWED)
            const points = made.map((completed, index) => ({
              id: String(index),
              kind: 'full' as const,
              completed,
              timeZone: schedule.timeZone,
              isComplete: true,
            }))
            return { times, decisions: decisionDtos(points, retention, now, () => null) }
          }
          const points = retentionPoints(await completionsOf(catalog.rows, setId), schedule.timeZone)
          return { times, decisions: decisionDtos(points, retention, now, ({ id }) => id) }
        },
        { signal: call.signal },
      ),
  }
}

function validate({ schedule, bandwidth, retention }: PolicySettings): void {
  validateSchedule(schedule)
  validateBandwidth(bandwidth)
  parseRetentionRules(retention)
}

function changedMeanwhile(name: string): CoreError {
  return conflict(
    `The policy ${name} was changed by somebody else meanwhile.`,
    'Open it anew, look at what was changed, and make your change again.',
  )
}
