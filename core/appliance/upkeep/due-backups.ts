import { type BackupSetRow, hasRun, lastRun, policyRows, type RunRow, setRows } from '../../database/index.ts'
import { CAUSES, type RunRequest } from '../../job/index.ts'
import { dueRuns, nextTimes, type Schedule } from '../../policy/index.ts'
import type { DueTools } from './due-tools.ts'
import { DAY, sinceMoment } from './moments.ts'
import { passedTimes } from './passed-times.ts'

/** What backup sets want. */
export interface DueOfSets {
  readonly requests: readonly RunRequest[]
  /** Sets of which it is to be noted that their schedule was looked at now. */
  readonly looked: readonly string[]
}

/** A set of which no time has come. It holds as long as nothing of it has changed, and no clock was set back. */
interface Calm {
  /** What the policy and the set's row were. */
  readonly settings: string
  readonly lookedAt: number
  /** Looked at until then: nothing before it is due any more. Milliseconds since the epoch. */
  at: number
  /** The first time that is to come. */
  readonly next: number
}

/** Looks whether times have come. Of what was found nothing is remembered until it was noted in the row of the set. */
export function createDueBackups({
  catalog: { rows },
  policies: parse,
  onDefect,
}: Pick<DueTools, 'catalog' | 'policies' | 'onDefect'>): (now: number, going: readonly RunRow[]) => Promise<DueOfSets> {
  const calm = new Map<string, Calm>()

  async function lookAt(set: BackupSetRow, settings: string, schedule: Schedule, now: number): Promise<DueOfSets> {
    const known = calm.get(set.id)
    const holds = known !== undefined && known.lookedAt === set.looked_at && known.at <= now
    if (holds && known.settings === settings && now < known.next) {
      known.at = now
      return NOTHING
    }
    const lastLooked = holds ? known.at : set.looked_at
    const last = await lastRun(rows, { setId: set.id, kind: 'backup' })
    const due = dueRuns(schedule, {
      lastLooked,
      now,
      ...(last?.scheduled_for != null && { lastScheduledFor: last.scheduled_for }),
    })
    // What was due by another schedule is not, by this one; nor is what a clock that was ahead has passed over.
    const isOther = holds && known.settings !== settings
    if (!due.due && !due.missed && !isOther && set.looked_at <= now) {
      const [next = Number.POSITIVE_INFINITY] = nextTimes(schedule, now, 1)
      calm.set(set.id, { settings, lookedAt: set.looked_at, at: now, next })
      return NOTHING
    }
    calm.delete(set.id)
    return { requests: requestsOf(set, due, schedule), looked: [set.id] }
  }

  return async (now, going) => {
    const policies = new Map((await policyRows.all(rows)).map((policy) => [policy.id, policy]))
    const verifying = new Set(going.flatMap(({ kind, set_id }) => (kind === 'verify' && set_id ? [set_id] : [])))
    const requests: RunRequest[] = []
    const looked: string[] = []
    for (const set of await setRows.list(rows)) {
      const policy = policies.get(set.policy_id)
      if (set.is_enabled !== 1 || !policy) continue
      try {
        const { schedule, retries, verifyEveryDays } = parse(policy)
        const found = await lookAt(set, policy.settings, schedule, now)
        requests.push(...found.requests.map((request) => ({ ...request, mostAttempts: retries.attempts })))
        looked.push(...found.looked)
        if (verifyEveryDays === null || verifying.has(set.id)) continue
        if (await wantsVerify(set, verifyEveryDays, now))
          requests.push({ ...ofSet(set), kind: 'verify', trigger: 'system', cause: CAUSES.upkeep, mostAttempts: 3 })
      } catch (error) {
        onDefect(error, `what the schedule of the backup set ${set.id} asks for`)
      }
    }
    return { requests, looked }
  }

  async function wantsVerify(set: BackupSetRow, everyDays: number, now: number): Promise<boolean> {
    if (sinceMoment(set.verified_at ?? set.created_at, now) < everyDays * DAY) return false
    const of = { setId: set.id }
    if (await hasRun(rows, of, { kind: 'verify', from: now - DAY, until: now + DAY })) return false
    return hasRun(rows, of, { kind: 'backup', states: ['succeeded', 'warning'] })
  }
}

const NOTHING: DueOfSets = { requests: [], looked: [] }

function requestsOf(set: BackupSetRow, due: ReturnType<typeof dueRuns>, schedule: Schedule): RunRequest[] {
  const request = { ...ofSet(set), kind: 'backup', trigger: 'schedule', mostAttempts: 1 } as const
  const passed = passedTimes(due, schedule)
  return [
    // First: the run that begins is the newer one.
    ...(passed ? [{ ...request, ...passed }] : []),
    ...(due.due
      ? [{ ...request, cause: CAUSES.scheduled, scheduledFor: due.due.scheduledFor, expiresAt: due.due.expiresAt }]
      : []),
  ]
}

function ofSet(set: BackupSetRow): Pick<RunRequest, 'setId' | 'sourceId' | 'vaultId' | 'requestedBy' | 'wanted'> {
  return { setId: set.id, sourceId: set.source_id, vaultId: set.vault_id, requestedBy: null, wanted: {} }
}
