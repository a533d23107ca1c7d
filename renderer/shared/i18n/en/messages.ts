import { common } from './common.ts'
import { session } from './session.ts'
import { connection, nav, palette, problem, shell } from './shell.ts'

/** All texts in English: what every other language must have. */
export const messages = { common, shell, nav, connection, palette, problem, session }
export type Messages = typeof messages
