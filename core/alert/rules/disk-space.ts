import { formatBytes } from '../../base/index.ts'
import type { AlertSeverity, OpenAlert, WantedAlert } from '../alert.ts'
import type { AlertFacts, VaultFacts } from '../facts.ts'
import { quoted } from '../words.ts'
import { asBefore, makeAlert, openOne, vaultObject } from './make-alert.ts'

/** An alert ends so many points of percent above where it begins: a disk at its limit would raise one with every file. */
const HYSTERESIS = 2

/** Below this part of the limit it is an error. */
const CRITICAL_PART = 0.2

/** `disk-nearly-full`. Where nobody knows how much is free, it stays as it was. */
export function diskSpaceAlerts(facts: AlertFacts): WantedAlert[] {
  return facts.vaults.flatMap((vault) => {
    const object = vaultObject(vault)
    const open = openOne(facts, 'disk-nearly-full', object)
    const { bytesFree, bytesTotal } = vault
    if (bytesFree === null || bytesTotal === null || bytesTotal <= 0) return asBefore(open, object)
    const severity = severityOf((bytesFree / bytesTotal) * 100, facts.settings.diskFreePercent, open)
    return severity === undefined ? [] : [alertOf(vault, { bytesFree, bytesTotal, severity }, facts)]
  })
}

function severityOf(percent: number, limit: number, open: OpenAlert | undefined): AlertSeverity | undefined {
  const critical = limit * CRITICAL_PART
  if (percent < critical + (open?.severity === 'error' ? HYSTERESIS : 0)) return 'error'
  return percent < limit + (open === undefined ? 0 : HYSTERESIS) ? 'warning' : undefined
}

function alertOf(
  vault: VaultFacts,
  room: { readonly bytesFree: number; readonly bytesTotal: number; readonly severity: AlertSeverity },
  { settings }: AlertFacts,
): WantedAlert {
  const { bytesFree, bytesTotal, severity } = room
  const percent = ((bytesFree / bytesTotal) * 100).toFixed(1)
  const limit = settings.diskFreePercent
  return makeAlert({
    kind: 'disk-nearly-full',
    severity,
    object: vaultObject(vault),
    message:
      `The disk of vault ${quoted(vault.name)} is nearly full: ${formatBytes(bytesFree)} of ${formatBytes(bytesTotal)} ` +
      `are free (${percent} %; the limit is ${limit} %). What is stored there is safe. When the disk is full, backups fail.`,
    remedy:
      'Make the disk larger, or remove other files from it. A shorter retention frees room, too, after the next prune and its grace.',
  })
}
