import type { Messages } from '../en/messages.ts'
import { account } from './account.ts'
import { agent } from './agent.ts'
import { alert } from './alert.ts'
import { audit } from './audit.ts'
import { burnt } from './burnt.ts'
import { cache } from './cache.ts'
import { controls } from './controls.ts'
import { overview } from './overview.ts'
import { point } from './point.ts'
import { policy } from './policy.ts'
import { restore } from './restore.ts'
import { run } from './run.ts'
import { session } from './session.ts'
import { set, source } from './set.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { connection, nav, palette, problem, shell } from './shell.ts'
import { token, user } from './user.ts'
import { vault } from './vault.ts'

export const messages: Messages = {
  controls,
  shell,
  nav,
  connection,
  palette,
  problem,
  session,
  account,
  user,
  token,
  audit,
  run,
  alert,
  overview,
  setup,
  point,
  restore,
  set,
  source,
  policy,
  vault,
  cache,
  burnt,
  agent,
  settings,
}
