import { formatInstant } from '../../base/index.ts'
import type { Alert } from '../alert.ts'
import type { ToldAlert } from './message.ts'
import type { Sender } from './settings.ts'

/** The JSON that a webhook is sent. Alerts are as the API gives them; one that is over has `clearedAt`. */
export function webhookBody(
  type: 'holdfast.alert' | 'holdfast.test',
  told: readonly ToldAlert[],
  sender: Sender,
  now: number,
): string {
  return JSON.stringify({
    type,
    appliance: sender.name,
    sent_at: formatInstant(now),
    alerts: told.map(({ event, alert }) => ({ event, ...alertJson(alert) })),
  })
}

/** Named one by one: what else a row has stays here. */
function alertJson(alert: Alert): Readonly<Record<string, unknown>> {
  const { id, kind, severity, object, message, remedy, times, acknowledgedBy } = alert
  return {
    id,
    kind,
    severity,
    object: { type: object.type, id: object.id, name: object.name },
    message,
    remedy,
    raisedAt: formatInstant(alert.raisedAt),
    seenAt: formatInstant(alert.seenAt),
    times,
    clearedAt: alert.clearedAt === null ? null : formatInstant(alert.clearedAt),
    acknowledgedAt: alert.acknowledgedAt === null ? null : formatInstant(alert.acknowledgedAt),
    acknowledgedBy,
  }
}
