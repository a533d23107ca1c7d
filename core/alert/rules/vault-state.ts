import { formatCounted } from '../../base/index.ts'
import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, VaultFacts } from '../facts.ts'
import { quoted, sentence } from '../words.ts'
import { makeAlert, vaultObject } from './make-alert.ts'

/** `vault-unreachable` and `damage-found`. What a check found stays true while the vault is away. */
export function vaultStateAlerts(facts: AlertFacts): WantedAlert[] {
  return facts.vaults.flatMap((vault) => [
    ...(vault.state === 'unreachable' ? [unreachable(vault)] : []),
    ...(vault.state === 'damaged' || (vault.lastCheck?.damages ?? 0) > 0 ? [damaged(vault)] : []),
  ])
}

function unreachable(vault: VaultFacts): WantedAlert {
  return makeAlert({
    kind: 'vault-unreachable',
    severity: 'error',
    object: vaultObject(vault),
    message:
      `Vault ${quoted(vault.name)} cannot be reached${because(vault)} Nothing is backed up to it or restored from it meanwhile. ` +
      'Being away does not harm what it holds, but whether that is sound nobody can see until it is back.',
    remedy:
      'See that its disk is there or its share mounted, and that the appliance may write to it. Then start the backups that it missed, or leave them to the schedule.',
  })
}

function damaged(vault: VaultFacts): WantedAlert {
  const damages = vault.lastCheck?.damages ?? 0
  const what =
    damages > 0
      ? `A check found ${formatCounted(damages, 'damage')} in vault ${quoted(vault.name)}.`
      : `Vault ${quoted(vault.name)} is damaged${because(vault)}`
  return makeAlert({
    kind: 'damage-found',
    severity: 'error',
    object: vaultObject(vault),
    message: `${what} Some recovery points may not be restorable, or only in part; a check does not change anything.`,
    remedy:
      'Open the check in the console: it names what is damaged and what mends it. Keep the sources of these backups as they are until a later check finds nothing.',
    ...(vault.lastCheck === null ? {} : { occurrence: vault.lastCheck.runId }),
  })
}

function because({ problem }: VaultFacts): string {
  return problem === null ? '.' : `: ${sentence(problem)}`
}
