import {
  type Alert,
  createDelivery,
  deliveriesDue,
  type Delivery,
  type DeliveryOptions,
  type DeliverySettings,
  type Notification,
  owedNotifications,
} from '../../core/alert/index.ts'
import { NOW } from './alert-facts.ts'

export const MINUTE = 60_000
export const PASSWORD = 'correct horse/battery?staple'
export const SECRET = 'a secret that both ends know'

export interface Scene {
  readonly delivery: Delivery
  /** Everything that was logged. */
  readonly lines: string[]
  readonly settings: DeliverySettings
  now: number
}

/** A delivery with a clock of its own. Nothing is set up but what is given. */
export function scene(settings: Partial<DeliverySettings>, more: Partial<DeliveryOptions> = {}): Scene {
  const all: DeliverySettings = { mail: null, webhook: null, leastSeverity: 'hint', ...settings }
  const lines: string[] = []
  const made = { lines, settings: all, now: NOW }
  const delivery = createDelivery({
    settings: all,
    secrets: { mailPassword: PASSWORD, webhookSecret: SECRET },
    sender: { name: 'nas-01', consoleUrl: 'https://nas-01:8443/', timeZone: 'Europe/Berlin' },
    clock: { now: () => made.now, monotonic: () => 0 },
    log: (_, message) => void lines.push(message),
    ...more,
  })
  return Object.assign(made, { delivery })
}

/** Has the alerts raised, and everything sent that is due after a minute. */
export async function tell(place: Scene, ...alerts: Alert[]): Promise<Notification[]> {
  const rows = owedNotifications({ raised: alerts, cleared: [] }, [], place.settings, place.now)
  place.now += MINUTE
  return sendDue(place, rows, alerts)
}

/** Sends what is due of these rows, and gives back what became of them. */
export async function sendDue(
  place: Scene,
  rows: readonly Notification[],
  alerts: readonly Alert[],
): Promise<Notification[]> {
  const byId = new Map(alerts.map((alert) => [alert.id, alert]))
  const due = deliveriesDue(rows, place.now)
  return (await Promise.all(due.map((each) => place.delivery.deliver(each, byId)))).flat()
}
