import type { WantedAlert } from '../alert.ts'
import type { AlertFacts } from '../facts.ts'
import { agentAlerts } from './agent-overdue.ts'
import { backupAlerts } from './backup-run.ts'
import { cacheStateAlerts } from './cache-state.ts'
import { catalogAlerts } from './catalog-backup.ts'
import { confirmationAlerts } from './confirmation.ts'
import { deliveryAlerts } from './delivery-problem.ts'
import { diskSpaceAlerts } from './disk-space.ts'
import { maintenanceAlerts } from './maintenance-run.ts'
import { pointAgeAlerts } from './point-age.ts'
import { kitAlerts } from './recovery-kit.ts'
import { restoreAlerts } from './restore-run.ts'
import { vaultStateAlerts } from './vault-state.ts'
import { verificationAlerts } from './verification.ts'

const RULES = [
  backupAlerts,
  restoreAlerts,
  pointAgeAlerts,
  verificationAlerts,
  vaultStateAlerts,
  cacheStateAlerts,
  agentAlerts,
  diskSpaceAlerts,
  kitAlerts,
  maintenanceAlerts,
  confirmationAlerts,
  catalogAlerts,
  deliveryAlerts,
] as const

/** The alerts that there should be at `now`, each key at most once. */
export function wantedAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  return RULES.flatMap((rule) => rule(facts, now))
}
