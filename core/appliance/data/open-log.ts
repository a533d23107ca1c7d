import { once } from 'node:events'
import { join } from 'node:path'

import { type Logger, pino } from 'pino'
import openRolling from 'pino-roll'

import { REDACTED_PATHS } from '../../secret/index.ts'

/** The service's own log: lines of JSON. Secrets are cut out by the names of their members. */
export type Log = Logger

export interface LogOptions {
  /** Where the files are: a new one each day and each 20 MB; the last 14 stay. */
  readonly folder: string
  readonly level?: string | undefined
}

export async function openLog({ folder, level = 'info' }: LogOptions): Promise<OpenLog> {
  const file = await openRolling({
    file: join(folder, 'holdfastd'),
    extension: '.log',
    frequency: 'daily',
    size: '20m',
    limit: { count: 14 },
    mkdir: true,
    mode: 0o600,
    sync: false,
  })
  return {
    log: pino({ level, redact: { paths: [...REDACTED_PATHS], censor: '[removed]' }, base: null }, file),
    async [Symbol.asyncDispose]() {
      const closed = once(file, 'close')
      file.end()
      await closed
    },
  }
}

/** A log, and the file that it goes to: closed, all of it is there, and nothing waits for tomorrow's file. */
export interface OpenLog extends AsyncDisposable {
  readonly log: Log
}

/** A log that nobody reads. */
export function silentLog(): Log {
  return pino({ level: 'silent' })
}
