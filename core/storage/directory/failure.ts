import { CoreError, systemCode } from '../../base/index.ts'
import { describeHandle, handleContext } from '../handle.ts'
import { notFound } from '../refusal.ts'
import type { Handle } from '../storage.ts'
import { statfs } from './system-call.ts'

/** What was being done when a system call failed. */
export interface Attempt {
  readonly action: 'store' | 'read' | 'remove' | 'list' | 'prepare'
  /** The file, or for `list` and `prepare` what the message should call it. */
  readonly object: Handle | string
  /** The storage's root. */
  readonly root: string
  /** For `store`: how many bytes. */
  readonly size?: number
}

/** The `CoreError` for a failed system call. Anything else is given back as it is: a signal's reason, a defect. */
export async function explain(error: unknown, attempt: Attempt): Promise<unknown> {
  const code = systemCode(error)
  switch (code) {
    case undefined:
      return error
    case 'ENOENT':
      return missing(error, attempt)
    case 'ENOSPC':
    case 'EDQUOT':
      return full(error, attempt, code)
    case 'EACCES':
    case 'EPERM':
      return failed('storage/refused', error, attempt, 'permission denied', {
        remedy: `Give the user that runs this the right to ${writes(attempt) ? 'write' : 'read'} there, or run it as another.`,
      })
    case 'EROFS':
      return failed('storage/readonly', error, attempt, 'the file system is mounted for reading only', {
        remedy: 'If it should not be, look for disk errors in the system log, then mount it for writing.',
      })
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ELOOP':
    case 'ENAMETOOLONG':
    // A FIFO or a socket.
    case 'ESPIPE':
    case 'ENXIO':
      return failed('storage/refused', error, attempt, `something else is in its place (${code})`, {
        remedy: 'Look what is there; a repository wants a folder of its own.',
      })
    default:
      return failed('storage/unreachable', error, attempt, code, {
        retryable: true,
        remedy: 'Try again; if it stays so, look for disk or network errors in the system log.',
      })
  }
}

/** The place itself is not there: nothing can be said about the files in it. */
export function vanished(root: string, cause: unknown): CoreError {
  return new CoreError('storage/unreachable', `There is no repository folder at ${root}`, {
    cause,
    retryable: true,
    safety: 'What is stored there was not touched.',
    remedy: 'Is the disk plugged in, or the share mounted?',
    context: { location: root },
  })
}

function missing(error: unknown, attempt: Attempt): CoreError {
  const { action, object, root } = attempt
  if (typeof object === 'string') return vanished(root, error)
  if (action !== 'store') return notFound(object, root, error)
  return failed('storage/unreachable', error, attempt, 'its temporary file or its folder was removed meanwhile', {
    retryable: true,
    remedy: 'Try again; make sure that nothing else cleans up in the repository.',
  })
}

async function full(error: unknown, attempt: Attempt, code: 'ENOSPC' | 'EDQUOT'): Promise<CoreError> {
  const { root, size = 0 } = attempt
  const { free, isOutOfFiles } = await room(root)
  const isQuota = code === 'EDQUOT'
  const outOf = isOutOfFiles ? 'the file system cannot hold more files' : 'the disk is full'
  const what = isQuota ? 'the disk quota is used up' : outOf
  return failed('storage/full', error, attempt, `${what}: ${size} bytes were to be stored, ${free} are free`, {
    remedy: isQuota
      ? `Raise the quota of the user that owns ${root}, or remove other files of that user; then run this again.`
      : `Free space on the file system that holds ${root}, or make it larger; then run this again.`,
    context: { needed: size, free },
  })
}

/** What this user may still write, in bytes (zero where the system does not tell), and whether files have run out. */
async function room(path: string): Promise<{ free: number; isOutOfFiles: boolean }> {
  try {
    const { bavail, bsize, files, ffree } = await statfs(path)
    // A file system without a fixed number of files answers 0 for both.
    return { free: bavail * bsize, isOutOfFiles: files > 0 && ffree === 0 }
  } catch {
    return { free: 0, isOutOfFiles: false }
  }
}

interface Advice {
  readonly remedy: string
  readonly retryable?: boolean
  readonly context?: Readonly<Record<string, string | number>>
}

function failed(
  code: 'storage/full' | 'storage/refused' | 'storage/readonly' | 'storage/unreachable',
  cause: unknown,
  attempt: Attempt,
  reason: string,
  { context, ...advice }: Advice,
): CoreError {
  const { action, object, root } = attempt
  const name = typeof object === 'string' ? object : describeHandle(object)
  const place = typeof object === 'string' ? { location: root } : handleContext(object, root)
  return new CoreError(code, `Cannot ${action} ${name} in ${root}: ${reason}`, {
    cause,
    safety: writes(attempt) ? 'What was stored before is unharmed.' : 'Nothing was changed.',
    context: { ...place, ...context },
    ...advice,
  })
}

function writes({ action }: Attempt): boolean {
  return action === 'store' || action === 'remove' || action === 'prepare'
}
