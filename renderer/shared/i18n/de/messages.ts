import type { Messages } from '../en/messages.ts'
import { common } from './common.ts'
import { session } from './session.ts'
import { connection, nav, palette, problem, shell } from './shell.ts'

export const messages: Messages = { common, shell, nav, connection, palette, problem, session }
