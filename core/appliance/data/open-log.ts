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
  /** When a file is full. Default: 20 MB. */
  readonly size?: string | undefined
}

const MOST_FILES = 14

export async function openLog({ folder, level = 'info', size = '20m' }: LogOptions): Promise<OpenLog> {
  const file = await openRolling({
    file: join(folder, 'holdfastd'),
    extension: '.log',
    frequency: 'daily',
    size,
    // Those of earlier starts count as well.
    limit: { count: MOST_FILES - 1, removeOtherLogFiles: true },
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
