import type { Chance, Clock } from '../../base/index.ts'
import type { PolicySettings } from '../../contract/index.ts'
import { type BackupSetRow, type Catalog, findCache, policyRows, type RunRow, setRows } from '../../database/index.ts'
import { type ExecutorPool, runKind, type RunRules } from '../../job/index.ts'
import { decideDown, isInWindow, limitOf, nextAttempt, nextWindowStart, type Workload } from '../../policy/index.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import type { ParsedPolicies } from '../present/parsed-policies.ts'
import { syncLimit } from './sync-limit.ts'

export interface RunRulesTools {
  readonly catalog: Catalog
  readonly settings: SettingsStore
  readonly executors: ExecutorPool
  readonly clock: Clock
  readonly chance: Chance
  readonly policies: ParsedPolicies
  readonly due: RunRules['due']
  /** What is backed up: what happens while an executor is away depends on it. Default: folders of this computer. */
  readonly workload?: Workload | undefined
}

/** What a set's policy says; undefined where a run is of no set. */
interface SetPolicy {
  readonly set: BackupSetRow
  readonly policy: PolicySettings
}

/** What the appliance's policies say of runs. */
export function createRunRules(tools: RunRulesTools): RunRules {
  const { catalog, settings, executors, chance, policies, due } = tools
  const workload = tools.workload ?? (process.platform === 'win32' ? 'file-server-windows' : 'file-server-linux')

  async function policyOf({ set_id }: RunRow): Promise<SetPolicy | undefined> {
    const set = set_id === null ? undefined : await setRows.find(catalog.rows, set_id)
    const policy = set && (await policyRows.find(catalog.rows, set.policy_id))
    return policy && { set, policy: policies(policy) }
  }

  return {
    limits: () => Promise.resolve(settings.current),
    async windowOpens(run, now) {
      // Who asks by hand waits for no window.
      if (run.trigger === 'manual' || run.kind !== 'backup') return undefined
      const found = await policyOf(run)
      if (!found) return undefined
      const { windows, timeZone } = found.policy.schedule
      return windows.length === 0 || isInWindow(windows, timeZone, now)
        ? undefined
        : nextWindowStart(windows, timeZone, now)
    },
    async executorDown(run, now) {
      const { assigned, others } = executors
      if (assigned.isConnected) return undefined
      const work = run.kind === 'backup' ? 'backup' : 'restore'
      const found = await policyOf(run)
      const decision = decideDown({
        workload,
        work,
        trigger: run.trigger,
        proxyVersion: assigned.version,
        pool: [assigned, ...others],
        skipsInARow: found?.set.skips ?? 0,
        skipsBeforeMove: found?.policy.skipsBeforeMove ?? 3,
        waitingSince: run.queued_at,
        expiresAt: run.expires_at ?? undefined,
        now,
      })
      const { outcome, to, cause } = decision
      if (to !== undefined) return { action: 'move', to, cause }
      if (outcome === 'skip' || outcome === 'expire') return { action: outcome, cause }
      return { action: outcome === 'fail' ? 'refuse' : 'hold', cause }
    },
    async nextAttempt(run, now) {
      if (run.attempt >= run.most_attempts) return undefined
      const found = await policyOf(run)
      const retries = found?.policy.retries ?? { attempts: run.most_attempts, firstDelayMinutes: 5 }
      return nextAttempt({ ...retries, attempts: run.most_attempts }, run.attempt, now, chance)
    },
    async storeLimit(run, now) {
      if (!runKind(run.kind).isThrottled) return undefined
      if (run.kind === 'sync') return syncLimit(run, await findCache(catalog.rows, run.vault_id), settings, now)
      const found = await policyOf(run)
      if (!found) return undefined
      const { bandwidth, schedule } = found.policy
      const { bytesPerSecond } = limitOf(run.trigger, bandwidth, schedule.timeZone, now)
      return bytesPerSecond === undefined ? undefined : { sharedAs: found.set.policy_id, bytesPerSecond }
    },
    due,
  }
}
