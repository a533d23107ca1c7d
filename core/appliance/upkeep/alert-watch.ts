import {
  type Alert,
  type AlertKind,
  createDelivery,
  deliveriesDue,
  deliveryProblems,
  type Notification,
  type OpenAlert,
  owedNotifications,
  reconcileAlerts,
  type WantedAlert,
  wantedAlerts,
} from '../../alert/index.ts'
import { type Chance, type Clock, newId } from '../../base/index.ts'
import {
  type AlertRow,
  type Catalog,
  findAlert,
  insertAlert,
  type NotificationRow,
  notificationsOf,
  openAlerts,
  recentNotifications,
  type Rows,
  saveNotification,
  updateAlert,
} from '../../database/index.ts'
import { diskRoom } from '../../file-system/index.ts'
import type { SealingKey } from '../../secret/index.ts'
import type { CacheBook } from '../caches/cache-book.ts'
import { readDelivery, type SecretChanges, writeDelivery } from '../data/delivery-store.ts'
import type { Log } from '../data/open-log.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import type { AlertDelivery } from './alert-delivery.ts'
import { alertFacts } from './alert-facts.ts'

export interface AlertWatchOptions {
  readonly catalog: Catalog
  readonly settings: SettingsStore
  readonly key: SealingKey
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
  readonly dataFolder: string
  readonly cacheBook: CacheBook
  /** Where people reach the console, as far as that is known: mails tell it. */
  readonly consoleUrl: () => string | null
  readonly onAlert: (alert: AlertRow) => void
}

/** Looks which alerts there should be, notes them, and sends what is owed: one thing after the other, never at once. */
export interface AlertWatch {
  readonly delivery: AlertDelivery
  /** Something has changed: looks soon. */
  look(): void
  start(): void
  close(): Promise<void>
}

/** Also where nothing changes time goes on: something becomes late. Milliseconds. */
const LOOK_EVERY = 30_000
const DAY = 24 * 60 * 60 * 1000

export function createAlertWatch(options: AlertWatchOptions): AlertWatch {
  const { catalog, settings, key, clock, chance, log, dataFolder, cacheBook, consoleUrl, onAlert } = options
  const stop = new AbortController()
  const provenAt: { mail?: number; webhook?: number } = {}
  let looking: Promise<void> | undefined
  let again = false
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    if (stop.signal.aborted) return
    if (looking) {
      again = true
      return
    }
    looking = lookOnce()
      .catch((error: unknown) => {
        if (!stop.signal.aborted) log.error({ err: error }, 'alerts could not be looked at')
      })
      .finally(() => {
        looking = undefined
        if (!again) return
        again = false
        look()
      })
  }

  async function lookOnce(): Promise<void> {
    const now = clock.now()
    const { settings: where } = await readDelivery(catalog, key)
    const known = (await recentNotifications(catalog.rows, now - 2 * DAY)).map(notificationOf)
    const open = (await openAlerts(catalog.rows)).map(openAlertOf)
    const room = await diskRoom(dataFolder)
    const facts = await alertFacts({
      catalog,
      settings: settings.current,
      open,
      deliveryProblems: deliveryProblems(known, where, provenAt),
      dataFolder: room ? { path: dataFolder, ...room } : null,
      cacheBook,
      now,
    })
    const { raise, refresh, clear } = reconcileAlerts(open, wantedAlerts(facts, now), now)
    const changed: string[] = []
    await catalog.transaction(async (rows) => {
      const raised: OpenAlert[] = []
      for (const { wanted, openId, raise: count, raisedAt, seenAt, times } of raise) {
        const id = openId ?? newId(clock, chance)
        const row = { ...rowOf(wanted), raise: count, raised_at: raisedAt, seen_at: seenAt, times }
        if (openId === null)
          await insertAlert(rows, { ...row, id, cleared_at: null, acknowledged_at: null, acknowledged_by: null })
        else await updateAlert(rows, id, { ...row, acknowledged_at: null, acknowledged_by: null })
        raised.push({ ...wanted, id, raise: count, raisedAt, seenAt, times })
        changed.push(id)
      }
      for (const { id, wanted, seenAt, times } of refresh) {
        const before = open.find((alert) => alert.id === id)
        await updateAlert(rows, id, { ...rowOf(wanted), seen_at: seenAt, times })
        if (before?.message !== wanted.message || before.times !== times) changed.push(id)
      }
      for (const { id, clearedAt } of clear) {
        await updateAlert(rows, id, { cleared_at: clearedAt })
        changed.push(id)
      }
      const cleared = open.filter(({ id }) => clear.some((each) => each.id === id))
      const about = [...raised, ...cleared].map(({ id }) => id)
      const existing = about.length === 0 ? [] : (await notificationsOf(rows, about)).map(notificationOf)
      for (const owed of owedNotifications({ raised, cleared }, existing, where, now))
        await saveNotification(rows, notificationRow(owed))
    })
    for (const id of changed) {
      const alert = await findAlert(catalog.rows, id)
      if (alert) onAlert(alert)
    }
    await send()
  }

  async function send(): Promise<void> {
    const pending = (await recentNotifications(catalog.rows, Number.POSITIVE_INFINITY)).map(notificationOf)
    const due = deliveriesDue(pending, clock.now())
    if (due.length === 0) return
    const alerts = await alertsOf(
      catalog.rows,
      due.flatMap(({ rows }) => rows.map(({ alertId }) => alertId)),
    )
    const sender = await openSender()
    for (const each of due)
      for (const row of await sender.deliver(each, alerts, { signal: stop.signal }))
        await saveNotification(catalog.rows, notificationRow(row))
  }

  async function openSender() {
    const { settings: where, mailPassword, webhookSecret } = await readDelivery(catalog, key)
    return createDelivery({
      settings: where,
      secrets: { mailPassword: mailPassword ?? null, webhookSecret: webhookSecret ?? null },
      sender: { name: settings.current.name, consoleUrl: consoleUrl(), timeZone: settings.current.timeZone },
      clock,
      log: (level, message) => (level === 'info' ? log.info(message) : log.warn(message)),
    })
  }

  const delivery: AlertDelivery = {
    async read() {
      const { settings: where, mailPassword, webhookSecret } = await readDelivery(catalog, key)
      return {
        settings: where,
        hasMailPassword: mailPassword !== undefined,
        hasWebhookSecret: webhookSecret !== undefined,
      }
    },
    async write(where, secrets: SecretChanges) {
      await writeDelivery(catalog, key, where, secrets)
      // What failed as it was before says nothing of how it is now.
      Object.assign(provenAt, { mail: clock.now(), webhook: clock.now() })
      look()
    },
    async test() {
      const results = await (await openSender()).test({ signal: stop.signal })
      for (const { channel, problem } of results) if (problem === null) provenAt[channel] = clock.now()
      look()
      return results.map(({ channel, problem }) => ({ channel, problem }))
    },
  }

  return {
    delivery,
    look,
    start() {
      timer = setInterval(look, LOOK_EVERY)
      look()
    },
    async close() {
      clearInterval(timer)
      stop.abort()
      await looking
    },
  }
}

function rowOf({ key, kind, severity, object, message, remedy, occurrence }: WantedAlert) {
  return {
    key,
    kind,
    severity,
    object_type: object.type,
    object_id: object.id,
    object_name: object.name,
    message,
    remedy,
    occurrence,
  }
}

function openAlertOf(row: AlertRow): OpenAlert {
  return {
    id: row.id,
    key: row.key,
    kind: row.kind as AlertKind,
    severity: row.severity,
    object: { type: row.object_type, id: row.object_id, name: row.object_name },
    message: row.message,
    remedy: row.remedy,
    occurrence: row.occurrence,
    raise: row.raise,
    raisedAt: row.raised_at,
    seenAt: row.seen_at,
    times: row.times,
  }
}

async function alertsOf(rows: Rows, ids: readonly string[]): Promise<Map<string, Alert>> {
  const alerts = new Map<string, Alert>()
  for (const id of new Set(ids)) {
    const row = await findAlert(rows, id)
    if (!row) continue
    const { cleared_at, acknowledged_at, acknowledged_by } = row
    alerts.set(id, {
      ...openAlertOf(row),
      clearedAt: cleared_at,
      acknowledgedAt: acknowledged_at,
      acknowledgedBy: acknowledged_by,
    })
  }
  return alerts
}

function notificationOf(row: NotificationRow): Notification {
  return {
    alertId: row.alert_id,
    raise: row.raise,
    event: row.event,
    channel: row.channel,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAt: row.next_at,
    triedAt: row.tried_at,
    lastError: row.last_error,
  }
}

function notificationRow(notification: Notification): NotificationRow {
  return {
    alert_id: notification.alertId,
    raise: notification.raise,
    event: notification.event,
    channel: notification.channel,
    state: notification.state,
    attempts: notification.attempts,
    created_at: notification.createdAt,
    next_at: notification.nextAt,
    tried_at: notification.triedAt,
    last_error: notification.lastError,
  }
}
