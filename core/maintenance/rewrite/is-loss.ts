import { CoreError, type ErrorCode } from '../../base/index.ts'

const LOSSES: ReadonlySet<ErrorCode> = new Set([
  'repository/damaged',
  'repository/not-in-repository',
  'storage/not-found',
])

/** Whether something is lost, and not just out of reach at the moment, or of a kind that is not known here. */
export function isLoss(error: unknown): error is CoreError {
  return error instanceof CoreError && LOSSES.has(error.code)
}
