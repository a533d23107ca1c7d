import type { DeliverySettings } from '../../contract/index.ts'
import { findAlert, listAlerts, updateAlert } from '../../database/index.ts'
import { alertDto } from '../present/alert-dto.ts'
import { cursorOf, isText, readCursor } from '../present/cursor.ts'
import { badField, noSuch } from '../present/refusals.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { callerOf } from './session-operations.ts'

export function alertOperations({ catalog, clock, publish, delivery }: Tools): OperationsOf<'alerts'> {
  return {
    async list({ phase, limit, cursor }) {
      const page = await listAlerts(catalog.rows, phase, { limit, after: readCursor(cursor, isText) })
      const last = page.rows.at(-1)
      return { items: page.rows.map(alertDto), next: page.hasMore && last ? cursorOf(last.id) : null }
    },
    async acknowledge({ id }, call) {
      if (!(await findAlert(catalog.rows, id))) throw noSuch('alert', id)
      await updateAlert(catalog.rows, id, { acknowledged_at: clock.now(), acknowledged_by: callerOf(call).name })
      const alert = await findAlert(catalog.rows, id)
      if (!alert) throw noSuch('alert', id)
      publish({ type: 'alert', alert: alertDto(alert) })
      return alertDto(alert)
    },
    async getDelivery() {
      const { settings, hasMailPassword, hasWebhookSecret } = await delivery.read()
      return { settings, hasMailPassword, hasWebhookSecret }
    },
    async setDelivery({ settings, mailPassword, webhookSecret }) {
      const known = await delivery.read()
      // Whoever may change the settings may not have the password sent to a computer of his own.
      if (known.hasMailPassword && mailPassword === undefined && isSentElsewhere(known.settings.mail, settings.mail)) {
        throw badField(
          'mailPassword',
          'Mail is to go by another server or name now: the password that is kept was given for the old one.',
          'Give the password anew, or remove it.',
        )
      }
      await delivery.write(settings, { mailPassword, webhookSecret })
      publish({ type: 'changed', kind: 'settings', id: 'delivery' })
      return {}
    },
    testDelivery: async () => ({ results: await delivery.test() }),
  }
}

type Mail = DeliverySettings['mail']

/** Whether the password would be told to somebody else, or where others listen. */
function isSentElsewhere(before: Mail, after: Mail): boolean {
  if (before === null || after === null) return after !== null
  return (['host', 'port', 'security', 'user'] as const).some((name) => before[name] !== after[name])
}
