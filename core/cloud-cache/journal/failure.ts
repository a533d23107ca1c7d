import { reasonOf, systemCode, CoreError } from '../../base/index.ts'

// The lowest byte of what SQLite answers (sqlite.org/rescode.html).
const CORRUPT = 11
const FULL = 13
const NO_DATABASE = 26

/** The `CoreError` for what SQLite or a system call failed with. Anything else is given back as it is. */
export function explainJournal(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error
  const isSqlite = 'errcode' in error
  if (!isSqlite && systemCode(error) === undefined) return error
  const context = { location: path }
  const code = isSqlite ? Number(error.errcode) & 0xff : 0
  if (code === CORRUPT || code === NO_DATABASE) {
    return new CoreError('storage/damaged', `The cache's journal ${path} cannot be used: ${reasonOf(error)}`, {
      cause: error,
      safety: 'No file of the repository was changed, neither in the cache nor in the cloud.',
      remedy:
        'Look for a failing disk. Then put the journal aside, and have it built anew from the cache and the cloud.',
      context,
    })
  }
  if (code === FULL || systemCode(error) === 'ENOSPC') {
    return new CoreError('storage/full', `The disk of the cache's journal ${path} is full`, {
      cause: error,
      safety: 'What was stored before is unharmed.',
      remedy: 'Free space on that disk, or have more of the cache evicted; then try again.',
      context,
    })
  }
  return new CoreError('storage/unreachable', `The cache's journal ${path} cannot be used: ${reasonOf(error)}`, {
    cause: error,
    retryable: true,
    safety: 'What was stored before is unharmed.',
    remedy: 'Is the disk of the cache there? Try again; if it stays so, look for disk errors in the system log.',
    context,
  })
}

export function newerJournal(path: string): CoreError {
  return new CoreError('storage/refused', `The cache's journal ${path} was written by a newer version of Holdfast`, {
    safety: 'Nothing was changed.',
    remedy: 'Start the version that wrote it, or a newer one.',
    context: { location: path },
  })
}
