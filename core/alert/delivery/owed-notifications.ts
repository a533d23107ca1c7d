import { type AlertKind, type AlertObject, type AlertSeverity, isAtLeast } from '../alert.ts'
import { droppedNotification, isSameNotification, newNotification, type Notification } from './notification.ts'
import { type Channel, channelsOf, type DeliverySettings } from './settings.ts'

/** What decides whether, and by which channel, an alert is told. */
interface Tellable {
  readonly id: string
  readonly raise: number
  readonly kind: AlertKind
  readonly severity: AlertSeverity
  readonly object: AlertObject
}

/** What reconciling changed, with the ids that new alerts have got. */
export interface AlertChanges {
  readonly raised: readonly Tellable[]
  readonly cleared: readonly Tellable[]
}

/**
 * The rows to be saved after reconciling: new ones, and those that are dropped. `existing` are the rows of these alerts, as
 * they are while nothing is being sent. The end of an alert is told wherever its raise was, where it has one. One that was over before it
 * could be told is not told: the console has it.
 */
export function owedNotifications(
  { raised, cleared }: AlertChanges,
  existing: readonly Notification[],
  settings: DeliverySettings,
  now: number,
): Notification[] {
  const channels = channelsOf(settings)
  const rowsOf = (id: string): Notification[] => existing.filter(({ alertId }) => alertId === id)
  const owed: Notification[] = []
  for (const alert of raised) {
    // What the alert was like before it became worse need not be told any more.
    owed.push(
      ...rowsOf(alert.id)
        .filter(isUntold)
        .filter(({ raise }) => raise < alert.raise)
        .map(droppedNotification),
    )
    if (!isAtLeast(alert.severity, settings.leastSeverity)) continue
    for (const channel of channels.filter((each) => isTellableBy(each, alert)))
      owed.push(newNotification({ alertId: alert.id, raise: alert.raise, event: 'raised', channel }, now))
  }
  for (const alert of cleared) {
    const rows = rowsOf(alert.id)
    owed.push(...rows.filter(isUntold).map(droppedNotification))
    if (!hasEnd(alert)) continue
    for (const channel of channels) {
      const wasTold = rows.some((row) => row.channel === channel && row.event === 'raised' && row.state === 'delivered')
      if (wasTold) owed.push(newNotification({ alertId: alert.id, raise: alert.raise, event: 'over', channel }, now))
    }
  }
  return owed.filter((row) => row.state === 'dropped' || !existing.some((other) => isSameNotification(row, other)))
}

/** That a channel fails is not sent through that channel. */
function isTellableBy(channel: Channel, { kind, object }: Tellable): boolean {
  return kind !== 'delivery-failed' || object.id !== channel
}

/** What was not restored is not restored later: of its alert only the time to tell it is over. */
function hasEnd({ kind }: Tellable): boolean {
  return kind !== 'restore-failed' && kind !== 'restore-incomplete'
}

function isUntold({ event, state }: Notification): boolean {
  return event === 'raised' && state === 'pending'
}
