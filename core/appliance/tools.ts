import type { Chance, Clock } from '../base/index.ts'
import type { LiveEvent } from '../contract/index.ts'
import type { Catalog } from '../database/index.ts'
import type { Passwords } from '../identity/index.ts'
import type { Engine } from '../job/index.ts'
import type { SealingKey } from '../secret/index.ts'
import type { AgentDoor } from './agents/agent-door.ts'
import type { CacheBook } from './caches/cache-book.ts'
import type { DataFolder } from './data/data-folder.ts'
import type { Log } from './data/open-log.ts'
import type { SettingsStore } from './data/settings-store.ts'
import type { FirstStart } from './people/first-start.ts'
import type { SignIn } from './people/sign-in.ts'
import type { VaultReaders } from './runs/vault-readers.ts'
import type { AlertDelivery } from './upkeep/alert-delivery.ts'
import type { Health } from './upkeep/health.ts'

/** What the operations of an appliance work with. Everything is made once, by `openAppliance`. */
export interface Tools {
  readonly catalog: Catalog
  readonly engine: Engine
  readonly settings: SettingsStore
  readonly folder: Pick<DataFolder, 'path' | 'work' | 'logs'>
  /** Where the program is. Undefined: nobody knows. */
  readonly programFolder: string | undefined
  readonly key: SealingKey
  readonly passwords: Passwords
  readonly signIn: SignIn
  readonly firstStart: FirstStart
  /** By which copies of the catalog are signed. Recovery kits tell it. */
  readonly catalogKey: Buffer
  readonly readers: VaultReaders
  readonly cacheBook: CacheBook
  readonly agentDoor: AgentDoor
  readonly publish: (event: LiveEvent) => void
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
  readonly version: string
  readonly startedAt: number
  /** Looks at a vault anew: what is there, and how much room. */
  readonly lookAtVault: (id: string) => Promise<void>
  /** Looks soon which alerts there should be. */
  readonly lookAtAlerts: () => void
  readonly delivery: AlertDelivery
  readonly health: Pick<Health, 'check'>
}
