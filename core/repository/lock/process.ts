import { hostname, userInfo } from 'node:os'

import { systemCode } from '../../base/index.ts'

/** Who this process is, for locks and keys. */
export interface Identity {
  readonly hostname: string
  readonly username: string
  readonly pid: number
  readonly uid: number
  readonly gid: number
}

export function ownIdentity(): Identity {
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  return { hostname: hostname(), username: ownUserName(), pid: process.pid, uid, gid }
}

/** A user without an entry in the system's list, as in containers, has no name, which is no reason to fail. */
function ownUserName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** Whether a process of this host exists. Signal 0 only asks; restic asks with SIGHUP, which is why ours ignores it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}

/** `restic unlock` and `restic check` test a lock's owner on the same host by sending SIGHUP: it must not end us. */
export function ignoreHangup(): void {
  if (!process.listeners('SIGHUP').includes(nothing)) process.on('SIGHUP', nothing)
}

function nothing(): void {
  // A lock's owner lives on.
}
