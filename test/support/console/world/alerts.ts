import type { Alert, Run } from '../../../../core/contract/index.ts'
import type { Configuration } from './configuration.ts'
import { DAY, HOUR, idOf, instantAt, NOW } from './ids.ts'

export function makeAlerts({ sets, vaults }: Configuration, runs: readonly Run[]): Alert[] {
  const failed = runs.find(({ state }) => state === 'failed')
  const set = sets[12]
  const vault = vaults[1]
  if (!failed || !set || !vault) throw new Error('the world has nothing to be alarmed about')
  const base = { times: 1, clearedAt: null, acknowledgedAt: null, acknowledgedBy: null }
  return [
    {
      ...base,
      id: idOf(8, 9),
      kind: 'run-failed',
      severity: 'error',
      object: { type: 'run', id: failed.id, name: failed.set?.name ?? failed.vault.name },
      message: 'The backup of "Mail archive" failed on 3 attempts: the folder "/mnt/archive/vault" does not answer.',
      remedy: 'Check that the share is mounted and that its server can be reached, and back up again.',
      raisedAt: instantAt(NOW - 4 * HOUR),
      seenAt: instantAt(NOW - HOUR),
      times: 3,
    },
    {
      ...base,
      id: idOf(8, 8),
      kind: 'rpo-breached',
      severity: 'error',
      object: { type: 'set', id: set.id, name: set.name },
      message: 'The newest complete recovery point of "Scans inbox" is 72 hours old; its policy allows 26.',
      remedy: 'Look at its last runs, and back up by hand.',
      raisedAt: instantAt(NOW - 46 * HOUR),
      seenAt: instantAt(NOW - 5 * 60_000),
    },
    {
      ...base,
      id: idOf(8, 7),
      kind: 'disk-nearly-full',
      severity: 'warning',
      object: { type: 'vault', id: vault.id, name: vault.name },
      message: 'The disk of "Long-term archive" has 5 % free; the limit is 10 %.',
      remedy: 'Add room, keep fewer recovery points, or prune with a shorter grace.',
      raisedAt: instantAt(NOW - 2 * DAY),
      seenAt: instantAt(NOW - HOUR),
      times: 12,
      acknowledgedAt: instantAt(NOW - DAY),
      acknowledgedBy: 'm.weber',
    },
    {
      ...base,
      id: idOf(8, 6),
      kind: 'kit-not-exported',
      severity: 'hint',
      object: { type: 'vault', id: vault.id, name: vault.name },
      message: 'Nobody has the recovery kit of "Long-term archive".',
      remedy:
        'Download it, and keep it away from this appliance: without it, the vault cannot be read when the appliance is lost.',
      raisedAt: instantAt(NOW - 40 * DAY),
      seenAt: instantAt(NOW - DAY),
    },
    {
      ...base,
      id: idOf(8, 5),
      kind: 'run-warning',
      severity: 'warning',
      object: { type: 'set', id: sets[7]?.id ?? '', name: 'HR records' },
      message: '3 files of "HR records" could not be read.',
      remedy: 'Look at the list of missed files.',
      raisedAt: instantAt(NOW - 6 * DAY),
      seenAt: instantAt(NOW - 6 * DAY),
      clearedAt: instantAt(NOW - 5 * DAY),
    },
  ]
}
