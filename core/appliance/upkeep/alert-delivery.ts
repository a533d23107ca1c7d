import type { DeliverySettings } from '../../contract/index.ts'
import type { SecretChanges } from '../data/delivery-store.ts'

/** Where alerts are sent to. Secrets are written and used, never told. */
export interface AlertDelivery {
  read(): Promise<{
    readonly settings: DeliverySettings
    readonly hasMailPassword: boolean
    readonly hasWebhookSecret: boolean
  }>
  write(settings: DeliverySettings, secrets: SecretChanges): Promise<void>
  /** What kept each channel from sending; null: nothing. */
  test(): Promise<{ channel: 'mail' | 'webhook'; problem: string | null }[]>
}
