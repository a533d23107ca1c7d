import type { Alert } from '../../../core/contract/index.ts'

/** The list with what an alert is now: added, changed, or taken out where it belongs to the other phase. */
export function withAlert(alerts: readonly Alert[], alert: Alert, phase: 'open' | 'cleared'): readonly Alert[] {
  const isWanted = (alert.clearedAt === null) === (phase === 'open')
  const isKnown = alerts.some(({ id }) => id === alert.id)
  if (!isWanted) return isKnown ? alerts.filter(({ id }) => id !== alert.id) : alerts
  if (isKnown) return alerts.map((other) => (other.id === alert.id ? alert : other))
  return [alert, ...alerts]
}
