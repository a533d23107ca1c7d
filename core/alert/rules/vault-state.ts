import { formatCounted } from '../../base/index.ts'
import type { WantedAlert } from '../alert.ts'
import type { AlertFacts, VaultFacts } from '../facts.ts'
import { quoted, sentence } from '../words.ts'
import { asBefore, makeAlert, openOne, vaultObject } from './make-alert.ts'

/** `vault-unreachable` and `damage-found`. What was found to be damaged stays so while the vault is away. */
export function vaultStateAlerts(facts: AlertFacts): WantedAlert[] {
  return facts.vaults.flatMap((vault) => [
    ...(vault.state === 'unreachable' ? [unreachable(vault)] : []),
    ...damageAlerts(vault, facts),
  ])
}

function damageAlerts(vault: VaultFacts, facts: AlertFacts): WantedAlert[] {
  const { lastCheck, state } = vault
  if (lastCheck !== null && lastCheck.damages > 0) return [checked(vault, lastCheck)]
  if (state === 'damaged') return [unreadable(vault)]
  const object = vaultObject(vault)
  // A check that found nothing since is another's word: it was made while the vault was there.
  const before = state === 'unreachable' ? openOne(facts, 'damage-found', object) : undefined
  return before?.occurrence === null ? asBefore(before, object) : []
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

function checked(
  vault: VaultFacts,
  { runId, damages, needsReading, foundBy }: NonNullable<VaultFacts['lastCheck']>,
): WantedAlert {
  return makeAlert({
    kind: 'damage-found',
    severity: 'error',
    object: vaultObject(vault),
    message:
      foundBy === 'check'
        ? `A check found ${formatCounted(damages, 'damage')} in vault ${quoted(vault.name)}. ${WHAT_IT_MEANS}`
        : `A verification could not restore ${formatCounted(damages, 'file')} of a sample from vault ${quoted(vault.name)}. ${WHAT_IT_MEANS}`,
    remedy:
      (foundBy === 'check'
        ? 'Open the check in the console: it names what is damaged and what mends it. '
        : 'Check the vault with all of its data: the check names what is damaged and what mends it. ') +
      `Keep the sources of these backups as they are until a later check${needsReading ? ' that reads all data' : ''} finds nothing.`,
    occurrence: runId,
  })
}

function unreadable(vault: VaultFacts): WantedAlert {
  return makeAlert({
    kind: 'damage-found',
    severity: 'error',
    object: vaultObject(vault),
    message: `Vault ${quoted(vault.name)} is damaged${because(vault)} ${WHAT_IT_MEANS}`,
    remedy:
      'Check the vault with all of its data: the check names what is damaged and what mends it. Keep the sources of these backups as they are until then.',
  })
}

const WHAT_IT_MEANS =
  'Some recovery points may not be restorable, or only in part; nothing was removed or changed because of it.'

function because({ problem }: VaultFacts): string {
  return problem === null ? '.' : `: ${sentence(problem)}`
}
