import { type Abortable, type Clock, CoreError, reasonOf } from '../../base/index.ts'
import type { Alert } from '../alert.ts'
import { oneLine } from '../words.ts'
import type { DueDelivery } from './deliveries-due.ts'
import { sendMail } from './mail.ts'
import { subjectOf, textOf, type ToldAlert } from './message.ts'
import { droppedNotification, type Notification } from './notification.ts'
import {
  type Channel,
  channelsOf,
  type DeliverySecrets,
  type DeliverySettings,
  isSentBy,
  type Sender,
} from './settings.ts'
import { settleDelivered, settleFailed } from './settle.ts'
import { webhookBody } from './webhook-body.ts'
import { postWebhook } from './webhook.ts'

/** How long one message may take. Milliseconds. */
const TIMEOUT = 30_000

export interface DeliveryOptions {
  readonly settings: DeliverySettings
  readonly secrets: DeliverySecrets
  readonly sender: Sender
  readonly clock: Clock
  readonly log: (level: 'info' | 'warning', message: string) => void
  readonly fetch?: typeof globalThis.fetch
  readonly timeout?: number
}

export interface TestResult {
  readonly channel: Channel
  /** Why it did not arrive. Null: it did. */
  readonly problem: string | null
}

/** Sends alerts as settings say. It remembers nothing: what was sent, the rows say. */
export interface Delivery {
  /**
   * Sends one message. Gives back its rows as they are to be saved, also where it failed; rejects only when it is stopped. A
   * process that ends between sending and saving sends it again: twice is better than never.
   */
  deliver(due: DueDelivery, alerts: ReadonlyMap<string, Alert>, options?: Abortable): Promise<Notification[]>
  /** Sends a test by every channel that is set up. */
  test(options?: Abortable): Promise<TestResult[]>
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { settings, clock, log } = options

  async function deliver(
    { channel, rows }: DueDelivery,
    alerts: ReadonlyMap<string, Alert>,
    { signal }: Abortable = {},
  ): Promise<Notification[]> {
    const told = isSentBy(channel, settings) ? rows.flatMap((row) => toldBy(row, alerts)) : []
    const sent = rows.filter((row) => told.some((each) => each.row === row))
    const dropped = rows.filter((row) => !sent.includes(row)).map(droppedNotification)
    if (sent.length === 0) return dropped
    try {
      const refused = await send(channel, message(told), options, { signal })
      log(
        refused === null ? 'info' : 'warning',
        `Sent ${count(sent)} by ${channel}.${refused === null ? '' : ` ${refused}`}`,
      )
      return [...dropped, ...settleDelivered(sent, refused, clock.now())]
    } catch (error) {
      signal?.throwIfAborted()
      const problem = problemOf(error)
      log('warning', `Could not send ${count(sent)} by ${channel}: ${problem}`)
      return [...dropped, ...settleFailed(sent, problem, clock.now())]
    }
  }

  function message(told: readonly ToldAlert[]): Message {
    const { sender } = options
    return {
      subject: subjectOf(told, sender),
      text: textOf(told, sender),
      body: webhookBody('holdfast.alert', told, sender, clock.now()),
    }
  }

  async function test({ signal }: Abortable = {}): Promise<TestResult[]> {
    const { sender } = options
    const trial: Message = {
      subject: subjectOf([], sender),
      text: `This is a test of Holdfast on ${oneLine(sender.name)}. Alerts will arrive this way.\n`,
      body: webhookBody('holdfast.test', [], sender, clock.now()),
    }
    return Promise.all(
      channelsOf(settings).map(async (channel) => {
        try {
          return { channel, problem: await send(channel, trial, options, { signal }) }
        } catch (error) {
          signal?.throwIfAborted()
          return { channel, problem: problemOf(error) }
        }
      }),
    )
  }

  return { deliver, test }
}

interface Message {
  readonly subject: string
  readonly text: string
  readonly body: string
}

/** Gives back whom it did not reach, in a sentence; null where it reached everybody. */
async function send(
  channel: Channel,
  { subject, text, body }: Message,
  { settings, secrets, sender, clock, fetch = globalThis.fetch, timeout = TIMEOUT }: DeliveryOptions,
  { signal }: Abortable,
): Promise<string | null> {
  const now = clock.now()
  const { mail, webhook } = settings
  if (channel === 'mail' && mail !== null) {
    const senderName = `Holdfast ${sender.name}`
    const password = secrets.mailPassword
    const refused = await sendMail({ settings: mail, password, senderName, subject, text, timeout, signal })
    return refused.length === 0 ? null : `The mail server refuses mail for ${refused.join(', ')}.`
  }
  if (channel === 'webhook' && webhook !== null)
    await postWebhook({ url: webhook.url, secret: secrets.webhookSecret, body, now, timeout, signal, fetch })
  return null
}

function toldBy(row: Notification, alerts: ReadonlyMap<string, Alert>): (ToldAlert & { readonly row: Notification })[] {
  const alert = alerts.get(row.alertId)
  return alert === undefined ? [] : [{ row, event: row.event, alert }]
}

function count(rows: readonly Notification[]): string {
  return rows.length === 1 ? '1 alert' : `${rows.length} alerts`
}

/** For a row of the catalog and for a person: what happened, and what to do. */
function problemOf(error: unknown): string {
  if (!(error instanceof CoreError)) return `This is a defect of Holdfast: ${reasonOf(error)}.`
  return error.remedy === undefined ? error.message : `${error.message} ${error.remedy}`
}
