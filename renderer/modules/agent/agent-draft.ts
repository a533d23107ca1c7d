import type { Agent } from '../../../core/contract/index.ts'
import { MEGABIT } from '../../shared/format/index.ts'

const GIB = 1024 ** 3

/** What an agent may do, as a form holds it. */
export interface LimitsDraft {
  mode: Agent['mode']
  /** Gibibytes. Null: as much as there is room for. */
  quota: number | null
  /** Megabits a second. Null: as fast as can be. */
  rate: number | null
  /** Hours. Null: no alert. */
  overdue: number | null
}

export interface AgentDraft extends LimitsDraft {
  name: string
  vaultId: string
  shares: boolean
}

/** What holds where nobody says anything: the safest that does its work. */
export const NEW_LIMITS: Readonly<LimitsDraft> = { mode: 'append-only', quota: null, rate: null, overdue: 48 }

export function limitsOf({ mode, quotaBytes, bytesPerSecond, overdueHours }: Agent): LimitsDraft {
  return {
    mode,
    quota: quotaBytes === null ? null : Math.max(1, Math.round(quotaBytes / GIB)),
    rate: bytesPerSecond === null ? null : Math.max(1, Math.round(bytesPerSecond / MEGABIT)),
    overdue: overdueHours,
  }
}

type Limits = Pick<Agent, 'mode' | 'quotaBytes' | 'bytesPerSecond' | 'overdueHours'>

/** As it is sent. */
export function limitsFrom({ mode, quota, rate, overdue }: LimitsDraft): Limits {
  return {
    mode,
    quotaBytes: quota === null ? null : quota * GIB,
    bytesPerSecond: rate === null ? null : rate * MEGABIT,
    overdueHours: overdue,
  }
}

/** What a person has changed; what was not typed anew keeps its exact value. */
export function changedLimits(draft: LimitsDraft, agent: Agent): Partial<Limits> {
  const before = limitsOf(agent)
  const next = limitsFrom(draft)
  return {
    ...(draft.mode === before.mode ? {} : { mode: next.mode }),
    ...(draft.quota === before.quota ? {} : { quotaBytes: next.quotaBytes }),
    ...(draft.rate === before.rate ? {} : { bytesPerSecond: next.bytesPerSecond }),
    ...(draft.overdue === before.overdue ? {} : { overdueHours: next.overdueHours }),
  }
}
