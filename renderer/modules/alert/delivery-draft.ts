import type { DeliverySettings } from '../../../core/contract/index.ts'

/** Delivery settings as a form holds them: everything is there, whether it is used or not. */
export interface DeliveryDraft {
  hasMail: boolean
  host: string
  port: number
  security: 'none' | 'starttls' | 'tls'
  user: string
  from: string
  /** One address a line. */
  to: string
  hasWebhook: boolean
  url: string
  leastSeverity: DeliverySettings['leastSeverity']
  /** Empty: what is stored stays. */
  mailPassword: string
  removesMailPassword: boolean
  webhookSecret: string
  removesWebhookSecret: boolean
}

export function draftOf({ mail, webhook, leastSeverity }: DeliverySettings): DeliveryDraft {
  return {
    hasMail: mail !== null,
    host: mail?.host ?? '',
    port: mail?.port ?? 587,
    security: mail?.security ?? 'starttls',
    user: mail?.user ?? '',
    from: mail?.from ?? '',
    to: mail?.to.join('\n') ?? '',
    hasWebhook: webhook !== null,
    url: webhook?.url ?? '',
    leastSeverity,
    mailPassword: '',
    removesMailPassword: false,
    webhookSecret: '',
    removesWebhookSecret: false,
  }
}

/** What is sent: a secret only where it is to change. */
export function inputOf(draft: DeliveryDraft): {
  settings: DeliverySettings
  mailPassword?: string | null
  webhookSecret?: string | null
} {
  const { host, port, security, from } = draft
  const to = draft.to.split(/[\s,;]+/).filter((address) => address !== '')
  return {
    settings: {
      mail: draft.hasMail ? { host, port, security, user: draft.user === '' ? null : draft.user, from, to } : null,
      webhook: draft.hasWebhook ? { url: draft.url } : null,
      leastSeverity: draft.leastSeverity,
    },
    ...secret('mailPassword', draft.mailPassword, draft.removesMailPassword),
    ...secret('webhookSecret', draft.webhookSecret, draft.removesWebhookSecret),
  }
}

function secret<K extends string>(key: K, value: string, isRemoved: boolean): Partial<Record<K, string | null>> {
  if (value === '' && !isRemoved) return {}
  return { [key]: value === '' ? null : value } as Partial<Record<K, string | null>>
}
