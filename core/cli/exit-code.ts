import { type ErrorCode } from '../base/index.ts'

/** What a run of `holdfast` ends with. The numbers are restic's, where restic has them. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** A backup that stored what it could and missed something; a check that found something to mend. */
  warnings: 3,
  noRepository: 10,
  locked: 11,
  wrongPassword: 12,
  /** Ended by a signal from the terminal. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const CODES: Partial<Record<ErrorCode, ExitCode>> = {
  'repository/not-found': EXIT.noRepository,
  'repository/locked': EXIT.locked,
  'repository/wrong-password': EXIT.wrongPassword,
}

export function exitCodeOf(code: ErrorCode): ExitCode {
  return CODES[code] ?? EXIT.failed
}
