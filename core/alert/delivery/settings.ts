import type { AlertSeverity } from '../alert.ts'

/** A way by which alerts are sent. */
export type Channel = 'mail' | 'webhook'

export interface MailSettings {
  readonly host: string
  readonly port: number
  /** `starttls`: nothing is said in clear but that; a server that does not offer it gets no mail. */
  readonly security: 'none' | 'starttls' | 'tls'
  readonly user: string | null
  readonly from: string
  readonly to: readonly string[]
}

/** Where alerts are sent to. Null: not by this channel. */
export interface DeliverySettings {
  readonly mail: MailSettings | null
  readonly webhook: { readonly url: string } | null
  /** Less severe ones are shown, and not sent. */
  readonly leastSeverity: AlertSeverity
}

/** Kept apart from the settings, so that those may be shown. */
export interface DeliverySecrets {
  readonly mailPassword: string | null
  readonly webhookSecret: string | null
}

/** What a message says of its sender. */
export interface Sender {
  /** What the appliance is called. */
  readonly name: string
  /** Where its console is reached, such as `https://nas-01:8443`. Null where nobody knows. */
  readonly consoleUrl: string | null
  readonly timeZone: string
}

export function channelsOf({ mail, webhook }: DeliverySettings): Channel[] {
  return [...(mail === null ? [] : (['mail'] as const)), ...(webhook === null ? [] : (['webhook'] as const))]
}

export function isSentBy(channel: Channel, settings: DeliverySettings): boolean {
  return channelsOf(settings).includes(channel)
}
