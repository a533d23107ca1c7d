import { alert } from './alert.ts'
import { common } from './common.ts'
import { overview } from './overview.ts'
import { run } from './run.ts'
import { session } from './session.ts'
import { setup } from './setup.ts'
import { connection, nav, palette, problem, shell } from './shell.ts'

/** All texts in English: what every other language must have. */
export const messages = { common, shell, nav, connection, palette, problem, session, run, alert, overview, setup }
export type Messages = typeof messages
