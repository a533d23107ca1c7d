import { CoreError } from '../../../../core/base/index.ts'

/** The code of the CoreError that `work` throws; anything else that it throws passes through. */
export function rejection(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof CoreError) return error.code
    throw error
  }
  return 'no error'
}
