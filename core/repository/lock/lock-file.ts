import { CoreError } from '../../base/index.ts'
import { parseObject } from '../config.ts'
import type { Identity } from './process.ts'

/**
 * Who uses a repository, as a lock file says it (restic design.rst, "Locks"). Locks of others do not say their `place`, which
 * is empty then, nor when they `started`, which is 0.
 */
export interface LockFile extends Identity {
  /** Milliseconds since the epoch: when it was written or last refreshed. */
  readonly time: number
  /** Nobody else may use the repository at the same time. */
  readonly exclusive: boolean
}

/** Others may remove a lock that was not refreshed for so long: its owner is gone (restic design.rst, "Locks"). */
export const STALE_AFTER = 30 * 60 * 1000

/** `timeText` is the lock's time as RFC 3339. */
export function encodeLock(lock: LockFile, timeText: string): Buffer {
  const { exclusive, hostname, username, pid, uid, gid, place, started } = lock
  const known = place === '' ? {} : { place, started }
  return Buffer.from(JSON.stringify({ time: timeText, exclusive, hostname, username, pid, uid, gid, ...known }))
}

/**
 * `parseTime` turns RFC 3339 into milliseconds since the epoch. Throws `repository/damaged`, also for a lock without a
 * usable time: nobody could say that it is stale.
 */
export function decodeLock(plain: Buffer, parseTime: (text: string) => number): LockFile {
  const { time, exclusive, hostname, username, pid, uid, gid, place, started } = parseObject(plain, 'lock')
  const instant = typeof time === 'string' ? parseTime(time) : Number.NaN
  if (Number.isNaN(instant)) throw new CoreError('repository/damaged', 'The lock has no usable time.')
  return {
    time: instant,
    exclusive: exclusive === true,
    hostname: typeof hostname === 'string' ? hostname : '',
    username: typeof username === 'string' ? username : '',
    pid: whole(pid),
    uid: whole(uid),
    gid: whole(gid),
    place: typeof place === 'string' ? place : '',
    started: whole(started),
  }
}

/**
 * Whether a lock's owner is gone as restic judges it, for `unlock`: not refreshed for half an hour, or its process on a host
 * of this name has ended.
 */
export function isStale(lock: LockFile, now: number, hostname: string, isAlive: (pid: number) => boolean): boolean {
  if (now - lock.time > STALE_AFTER) return true
  return lock.hostname === hostname && lock.pid > 0 && !isAlive(lock.pid)
}

function whole(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0
}
