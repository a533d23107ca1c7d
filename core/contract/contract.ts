import { agents } from './agent.ts'
import { alerts } from './alert.ts'
import { audit } from './audit.ts'
import { sets } from './backup-set.ts'
import { caches } from './cache.ts'
import { events } from './event.ts'
import { health } from './health.ts'
import { overview } from './overview.ts'
import { points } from './point.ts'
import { policies } from './policy.ts'
import { restores } from './restore.ts'
import { runs } from './run.ts'
import { account, session } from './session.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { sources } from './source.ts'
import { tokens, users } from './user.ts'
import { vaults } from './vault.ts'

/** Every operation, by nouns. */
export const contract = {
  health,
  setup,
  session,
  account,
  overview,
  vaults,
  caches,
  agents,
  sources,
  policies,
  sets,
  runs,
  points,
  restores,
  alerts,
  events,
  audit,
  users,
  tokens,
  settings,
}
