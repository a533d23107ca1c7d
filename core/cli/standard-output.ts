import { CoreError, systemCode } from '../base/index.ts'
import { OutputClosed } from './stopped.ts'

/** Tells what went wrong with standard output, unless somebody awaited it and knows. */
export interface OutputWatch {
  /** Undefined while all is well, and where only the reader has gone. */
  readonly failure: CoreError | undefined
}

/**
 * Keeps a closed or full standard output from ending the process in the middle of its work: a backup whose progress
 * goes into `| head` goes on. To be called once, before anything is written.
 */
export function watchStandardOutput(): OutputWatch {
  let failure: CoreError | undefined
  process.stdout.on('error', (error: unknown) => {
    const meaning = outputFailure(error)
    if (meaning instanceof CoreError) failure ??= meaning
  })
  // There is nobody left to tell.
  process.stderr.on('error', () => undefined)
  return {
    get failure() {
      return failure
    },
  }
}

/** What a failure to write to standard output means. */
export function outputFailure(cause: unknown): Error {
  const code = systemCode(cause)
  if (code === 'EPIPE' || code === 'ECONNRESET') return new OutputClosed('nobody reads the output', { cause })
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
  return new CoreError(isFull ? 'target/full' : 'target/refused', 'Standard output cannot be written to.', {
    cause,
    safety: 'The repository is unharmed; what was written so far is not complete.',
    remedy: isFull ? 'Make room where it goes, and start again.' : 'Check where it goes, and start again.',
  })
}
