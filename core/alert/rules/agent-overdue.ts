import { formatCounted } from '../../base/index.ts'
import type { WantedAlert } from '../alert.ts'
import type { AgentFacts, AlertFacts, VaultFacts } from '../facts.ts'
import { formatMoment, quoted } from '../words.ts'
import { HOUR, makeAlert, vaultObject } from './make-alert.ts'

/** `agent-overdue`: an agent has brought no snapshot for longer than it may. A new one has as long for its first. */
export function agentAlerts(facts: AlertFacts, now: number): WantedAlert[] {
  return facts.vaults.flatMap((vault) =>
    vault.agents.flatMap((agent) => {
      const { overdueHours, snapshotAt, createdAt } = agent
      if (overdueHours === null || now - (snapshotAt ?? createdAt) <= overdueHours * HOUR) return []
      return [alertOf(vault, agent, overdueHours, facts)]
    }),
  )
}

function alertOf(
  vault: VaultFacts,
  { id, name, snapshotAt }: AgentFacts,
  overdueHours: number,
  { settings }: AlertFacts,
): WantedAlert {
  const since =
    snapshotAt === null
      ? `The agent ${quoted(name)} has never backed up to vault ${quoted(vault.name)}.`
      : `The agent ${quoted(name)} backed up to vault ${quoted(vault.name)} on ${formatMoment(snapshotAt, settings.timeZone)} last.`
  return makeAlert({
    kind: 'agent-overdue',
    severity: snapshotAt === null ? 'error' : 'warning',
    object: vaultObject(vault),
    message: `${since} It may be ${formatCounted(overdueHours, 'hour')}. What it has stored is safe; what changed there since is not protected.`,
    remedy:
      'Look on that computer whether its timer runs, and what restic says; and here whether the vault door is open.',
    part: id,
  })
}
