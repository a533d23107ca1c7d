import type {
  Agent,
  Alert,
  AuditEntry,
  BackupSet,
  Cache,
  DeliverySettings,
  Point,
  Policy,
  Run,
  RunEvent,
  RunStep,
  Settings,
  Source,
  Token,
  User,
  Vault,
} from '../../../../core/contract/index.ts'
import { makeAgents } from './agents.ts'
import { makeAlerts } from './alerts.ts'
import { makeAudit } from './audit.ts'
import { makeCaches } from './caches.ts'
import { makeConfiguration } from './configuration.ts'
import { makePoints } from './points.ts'
import { makeRunDetails, makeRuns } from './runs.ts'
import { makeTokens } from './tokens.ts'

/**
 * - `full`: 24 sets, 10,000 runs, one of them going on, two sets that need somebody.
 * - `calm`: the same, and nothing is wrong.
 * - `empty`: an administrator, and nothing else.
 * - `new`: not even an administrator.
 * - `failing`: everything that is asked for fails, after signing in.
 */
export type WorldKind = 'full' | 'calm' | 'empty' | 'new' | 'failing'

/** Everything that the double knows. */
export interface World {
  readonly kind: WorldKind
  isSetupNeeded: boolean
  users: User[]
  tokens: Token[]
  /** The newest first. */
  audit: AuditEntry[]
  settings: Settings
  vaults: Vault[]
  caches: Cache[]
  agents: Agent[]
  sources: Source[]
  policies: Policy[]
  sets: BackupSet[]
  /** The newest first. */
  runs: Run[]
  readonly details: Map<
    string,
    { steps: RunStep[]; events: RunEvent[]; missed: { path: string; kind: string; reason: string }[] }
  >
  /** The newest first. */
  points: Point[]
  alerts: Alert[]
  delivery: { settings: DeliverySettings; hasMailPassword: boolean; hasWebhookSecret: boolean }
}

const SETTINGS: Settings = {
  name: 'backup-proxy-01',
  timeZone: 'Europe/Berlin',
  vaultDoor: { reach: 'off', port: 8421 },
  mostRuns: 4,
  mostRunsPerSource: 1,
  mostRunsPerVault: 2,
  logDays: 90,
  maintenanceAt: '06:00',
  pruneGraceHours: 24,
  pruneEveryDays: 7,
  checkEveryDays: 7,
  diskFreePercent: 10,
  sessionHours: 8,
  listen: { reach: 'network', hosts: ['backup-proxy-01.corp.example'] },
}

export function makeWorld(kind: WorldKind): World {
  const isFilled = kind === 'full' || kind === 'calm' || kind === 'failing'
  const configuration = makeConfiguration({ isFilled, isCalm: kind === 'calm' })
  const runs = isFilled ? makeRuns(configuration, { isCalm: kind === 'calm' }) : []
  return {
    kind,
    isSetupNeeded: kind === 'new',
    settings: structuredClone(SETTINGS),
    ...configuration,
    caches: makeCaches(configuration, runs, { isCalm: kind === 'calm' }),
    agents: isFilled ? makeAgents(configuration) : [],
    users: kind === 'new' ? [] : configuration.users,
    audit: isFilled ? makeAudit() : [],
    tokens: isFilled ? makeTokens() : [],
    runs,
    details: makeRunDetails(runs),
    points: makePoints(configuration),
    alerts: kind === 'full' || kind === 'failing' ? makeAlerts(configuration, runs) : [],
    delivery: {
      settings: {
        mail: isFilled
          ? {
              host: 'mail.corp.example',
              port: 587,
              security: 'starttls',
              user: 'holdfast',
              from: 'holdfast@corp.example',
              to: ['storage-team@corp.example'],
            }
          : null,
        webhook: null,
        leastSeverity: 'warning',
      },
      hasMailPassword: isFilled,
      hasWebhookSecret: false,
    },
  }
}
