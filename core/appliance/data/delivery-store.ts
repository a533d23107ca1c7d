import { DeliverySettings } from '../../contract/index.ts'
import { type Catalog, readSetting, removeSetting, writeSetting } from '../../database/index.ts'
import type { SealingKey } from '../../secret/index.ts'

/** Where alerts are sent to, and what proves who sends them. */
export interface DeliveryConfig {
  readonly settings: DeliverySettings
  readonly mailPassword: string | undefined
  readonly webhookSecret: string | undefined
}

/** Undefined: it stays. Null: it goes. */
export interface SecretChanges {
  readonly mailPassword?: string | null | undefined
  readonly webhookSecret?: string | null | undefined
}

const SETTINGS = 'delivery'
const MAIL = 'delivery-mail-password'
const WEBHOOK = 'delivery-webhook-secret'

const NOWHERE: DeliverySettings = { mail: null, webhook: null, leastSeverity: 'warning' }

export async function readDelivery({ rows }: Catalog, key: SealingKey): Promise<DeliveryConfig> {
  const stored = await readSetting(rows, SETTINGS)
  const open = async (name: string): Promise<string | undefined> => {
    const sealed = await readSetting(rows, name)
    return sealed === undefined ? undefined : key.open(sealed, `setting:${name}`)
  }
  return {
    settings: stored === undefined ? NOWHERE : DeliverySettings.parse(JSON.parse(stored)),
    mailPassword: await open(MAIL),
    webhookSecret: await open(WEBHOOK),
  }
}

export async function writeDelivery(
  catalog: Catalog,
  key: SealingKey,
  settings: DeliverySettings,
  { mailPassword, webhookSecret }: SecretChanges,
): Promise<void> {
  await catalog.transaction(async (rows) => {
    await writeSetting(rows, SETTINGS, JSON.stringify(settings))
    for (const [name, value] of [
      [MAIL, mailPassword],
      [WEBHOOK, webhookSecret],
    ] as const) {
      if (value === null) await removeSetting(rows, name)
      else if (value !== undefined) await writeSetting(rows, name, key.seal(value, `setting:${name}`))
    }
  })
}
