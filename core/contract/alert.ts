import { z } from 'zod'

import { Id } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { pageOf, PageQuery } from './common/page.ts'

export const AlertKind = z.enum([
  'run-failed',
  'run-warning',
  'restore-failed',
  'restore-incomplete',
  'rpo-breached',
  'disk-nearly-full',
  'kit-not-exported',
  'not-verified',
  'needs-confirmation',
  'vault-unreachable',
  'damage-found',
  'agent-overdue',
  'cache-unusable',
  'cache-damaged',
  'cache-behind',
  'catalog-not-backed-up',
  'delivery-failed',
])
export type AlertKind = z.output<typeof AlertKind>

export const Alert = z.object({
  id: Id,
  kind: AlertKind,
  severity: z.enum(['error', 'warning', 'hint']),
  /** What it is about, and where it is shown. */
  object: z.object({ type: z.enum(['set', 'vault', 'run', 'appliance']), id: z.string(), name: z.string() }),
  message: z.string(),
  remedy: z.string(),
  raisedAt: Instant,
  /** When it was seen last: it is not raised anew while it lasts. */
  seenAt: Instant,
  times: z.int(),
  /** When what it is about was over. */
  clearedAt: Instant.nullable(),
  acknowledgedAt: Instant.nullable(),
  acknowledgedBy: z.string().nullable(),
})
export type Alert = z.output<typeof Alert>

/** Where alerts are sent to. A secret is written only: it is never told again, only whether there is one. */
export const DeliverySettings = z.strictObject({
  mail: z
    .strictObject({
      host: z.string().min(1).max(253),
      port: z.int().min(1).max(65_535),
      security: z.enum(['none', 'starttls', 'tls']),
      user: z.string().max(200).nullable(),
      from: z.email(),
      to: z.array(z.email()).min(1).max(50),
    })
    .nullable(),
  webhook: z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2000) }).nullable(),
  /** Less severe alerts are shown, and not sent. */
  leastSeverity: z.enum(['error', 'warning', 'hint']),
})
export type DeliverySettings = z.output<typeof DeliverySettings>

export const alerts = {
  list: operation('view')
    .route({ method: 'GET', path: '/alerts', summary: 'Alerts, the newest first', tags: ['Alerts'] })
    .input(PageQuery.extend({ phase: z.enum(['open', 'cleared']).optional() }))
    .output(pageOf(Alert)),
  acknowledge: operation('operate', { isAudited: true })
    .route({ method: 'POST', path: '/alerts/{id}/acknowledge', summary: 'Say that it was seen', tags: ['Alerts'] })
    .input(z.strictObject({ id: Id }))
    .output(Alert),
  getDelivery: operation('administer')
    .route({ method: 'GET', path: '/alerts/delivery', summary: 'Where alerts are sent to', tags: ['Alerts'] })
    .output(z.object({ settings: DeliverySettings, hasMailPassword: z.boolean(), hasWebhookSecret: z.boolean() })),
  setDelivery: operation('administer', { isAudited: true })
    .route({ method: 'PUT', path: '/alerts/delivery', summary: 'Change where alerts are sent to', tags: ['Alerts'] })
    .input(
      z.strictObject({
        settings: DeliverySettings,
        /** Left out: it stays, where mail goes by the same server and name. Null: it is removed. */
        mailPassword: z.string().max(1000).nullable().optional(),
        webhookSecret: z.string().max(1000).nullable().optional(),
      }),
    )
    .output(z.object({})),
  testDelivery: operation('administer', { isAudited: true })
    .route({
      method: 'POST',
      path: '/alerts/delivery/test',
      summary: 'Send a test by everything that is set up',
      tags: ['Alerts'],
    })
    .output(
      z.object({
        results: z.array(z.object({ channel: z.enum(['mail', 'webhook']), problem: z.string().nullable() })),
      }),
    ),
}
