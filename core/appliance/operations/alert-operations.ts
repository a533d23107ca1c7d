import { findAlert, listAlerts, updateAlert } from '../../database/index.ts'
import { alertDto } from '../present/alert-dto.ts'
import { cursorOf, isText, readCursor } from '../present/cursor.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { noSuch } from './refusals.ts'
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
      await delivery.write(settings, { mailPassword, webhookSecret })
      publish({ type: 'changed', kind: 'settings', id: 'delivery' })
      return {}
    },
    testDelivery: async () => ({ results: await delivery.test() }),
  }
}
