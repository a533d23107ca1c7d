import { formatBytes } from '../../base/index.ts'
import type { AlertObject, AlertSeverity, OpenAlert, WantedAlert } from '../alert.ts'
import type { AlertFacts } from '../facts.ts'
import { quoted } from '../words.ts'
import { asBefore, makeAlert, openOne, vaultObject } from './make-alert.ts'

/** An alert ends so many points of percent above where it begins: a disk at its limit would raise one with every file. */
const HYSTERESIS = 2

/** Below this part of the limit it is an error. */
const CRITICAL_PART = 0.2

/** A disk that something is kept on. */
interface Disk {
  readonly object: AlertObject
  readonly bytesFree: number | null
  readonly bytesTotal: number | null
  /** "The disk of …". */
  readonly of: string
  /** What happens when it is full. */
  readonly full: string
  readonly remedy: string
}

/** `disk-nearly-full`, of vaults and of the data folder. Where nobody knows how much is free, it stays as it was. */
export function diskSpaceAlerts(facts: AlertFacts): WantedAlert[] {
  return disksOf(facts).flatMap((disk) => {
    const { object, bytesFree, bytesTotal } = disk
    const open = openOne(facts, 'disk-nearly-full', object)
    if (bytesFree === null || bytesTotal === null || bytesTotal <= 0) return asBefore(open, object)
    const severity = severityOf((bytesFree / bytesTotal) * 100, facts.settings.diskFreePercent, open)
    return severity === undefined ? [] : [alertOf(disk, { bytesFree, bytesTotal, severity }, facts)]
  })
}

function disksOf({ vaults, dataFolder, settings }: AlertFacts): Disk[] {
  const ofVaults = vaults.map((vault) => ({
    object: vaultObject(vault),
    bytesFree: vault.bytesFree,
    bytesTotal: vault.bytesTotal,
    of: `vault ${quoted(vault.name)}`,
    full: 'What is stored there is safe. When the disk is full, backups fail.',
    remedy:
      'Make the disk larger, or remove other files from it. A shorter retention frees room, too, after the next prune and its grace.',
  }))
  const ofData = {
    object: { type: 'appliance', id: 'data-folder', name: settings.name } as const,
    bytesFree: dataFolder?.bytesFree ?? null,
    bytesTotal: dataFolder?.bytesTotal ?? null,
    of: `the data folder ${dataFolder?.path ?? ''}`.trimEnd(),
    full: 'What vaults hold is safe. When the disk is full, the catalog cannot be written: no run begins, and those that go on fail.',
    remedy: 'Remove other files from it, or make it larger. The data folder itself is never to be tidied up by hand.',
  }
  return [...ofVaults, ofData]
}

function severityOf(percent: number, limit: number, open: OpenAlert | undefined): AlertSeverity | undefined {
  const critical = limit * CRITICAL_PART
  if (percent < critical + (open?.severity === 'error' ? HYSTERESIS : 0)) return 'error'
  return percent < limit + (open === undefined ? 0 : HYSTERESIS) ? 'warning' : undefined
}

function alertOf(
  { object, of, full, remedy }: Disk,
  room: { readonly bytesFree: number; readonly bytesTotal: number; readonly severity: AlertSeverity },
  { settings }: AlertFacts,
): WantedAlert {
  const { bytesFree, bytesTotal, severity } = room
  const percent = ((bytesFree / bytesTotal) * 100).toFixed(1)
  return makeAlert({
    kind: 'disk-nearly-full',
    severity,
    object,
    message:
      `The disk of ${of} is nearly full: ${formatBytes(bytesFree)} of ${formatBytes(bytesTotal)} are free ` +
      `(${percent} %; the limit is ${settings.diskFreePercent} %). ${full}`,
    remedy,
  })
}
