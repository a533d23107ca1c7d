import type { WantedAlert } from '../alert.ts'
import type { AlertFacts } from '../facts.ts'
import { quoted } from '../words.ts'
import { HOUR, makeAlert, vaultObject } from './make-alert.ts'

/** Whoever makes a vault is asked for the kit at once: an alert in that very hour would only be in the way. */
const GRACE = HOUR

/** `kit-not-exported`: with this appliance a vault's password would be lost. */
export function kitAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  return facts.vaults
    .filter(({ kitExportedAt, createdAt }) => kitExportedAt === null && now - createdAt > GRACE)
    .map((vault) =>
      makeAlert({
        kind: 'kit-not-exported',
        severity: 'warning',
        object: vaultObject(vault),
        message:
          `Nobody has exported the recovery kit of vault ${quoted(vault.name)}. Its data is safe as long as this appliance is; ` +
          'if the appliance is lost, nobody can read it any more, as the password is nowhere else.',
        remedy:
          'Export the recovery kit in the console, and keep it away from this appliance, such as printed in a safe.',
      }),
    )
}
