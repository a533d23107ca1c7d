import { instantAt, NOW } from '../world/ids.ts'
import { userOf } from './session.ts'
import { type Answers, byId, pageOf, type Stage } from './stage.ts'

export function answerAlerts({ world, live }: Stage): Answers {
  return {
    alerts: {
      list: async ({ limit, cursor, phase }) =>
        pageOf(
          world.alerts.filter(({ clearedAt }) => phase === undefined || (phase === 'open') === (clearedAt === null)),
          limit,
          cursor,
        ),
      acknowledge: async ({ id }, { caller }) => {
        const alert = {
          ...byId(world.alerts, id),
          acknowledgedAt: instantAt(NOW),
          acknowledgedBy: userOf(world, caller).name,
        }
        world.alerts = world.alerts.map((other) => (other.id === id ? alert : other))
        live.emit({ type: 'alert', alert })
        return alert
      },
      getDelivery: async () => world.delivery,
      setDelivery: async ({ settings, mailPassword, webhookSecret }) => {
        world.delivery = {
          settings,
          hasMailPassword: mailPassword === undefined ? world.delivery.hasMailPassword : mailPassword !== null,
          hasWebhookSecret: webhookSecret === undefined ? world.delivery.hasWebhookSecret : webhookSecret !== null,
        }
        return {}
      },
      testDelivery: async () => ({
        results: [
          ...(world.delivery.settings.mail ? [{ channel: 'mail' as const, problem: null }] : []),
          ...(world.delivery.settings.webhook
            ? [{ channel: 'webhook' as const, problem: 'hooks.corp.example answered 404 Not Found.' }]
            : []),
        ],
      }),
    },
  }
}
