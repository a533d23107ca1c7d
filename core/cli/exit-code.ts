import { CoreError, type ErrorCode } from '../base/index.ts'
import { Interrupted, OutputClosed } from './stopped.ts'

/** What a run of `holdfast` ends with. The numbers are restic's, where restic has them. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Done but for something that is named: what a backup missed, what a listing could not read. */
  warnings: 3,
  noRepository: 10,
  locked: 11,
  /** Of a repository, or of a user; who is not signed in has none. */
  wrongPassword: 12,
  /** Ended by a signal from the terminal. */
  interrupted: 130,
  /** Nobody read the output to its end. What a shell shows for a program that SIGPIPE ends. */
  outputClosed: 141,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const CODES: Partial<Record<ErrorCode, ExitCode>> = {
  'repository/not-found': EXIT.noRepository,
  'repository/locked': EXIT.locked,
  'repository/wrong-password': EXIT.wrongPassword,
  'identity/refused': EXIT.wrongPassword,
  'identity/totp-needed': EXIT.wrongPassword,
}

/** What a command that threw this ends with. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Interrupted) return EXIT.interrupted
  if (error instanceof OutputClosed) return EXIT.outputClosed
  return (error instanceof CoreError && CODES[error.code]) || EXIT.failed
}
