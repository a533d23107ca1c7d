import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'

import { bootId, processPlace, systemCode } from '../../base/index.ts'

/** Who this process is, for locks and keys. */
export interface Identity {
  readonly hostname: string
  readonly username: string
  readonly pid: number
  readonly uid: number
  readonly gid: number
  /** Where `pid` is this process and no other: host, start of its kernel, container. Empty where nobody can tell. */
  readonly place: string
  /** When this process was started, in ticks since its kernel was: numbers of processes come back. 0 where nobody can tell. */
  readonly started: number
}

export function ownIdentity(): Identity {
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  const { pid } = process
  return { hostname: hostname(), username: ownUserName(), pid, uid, gid, place: ownPlace(), started: startOf(pid) ?? 0 }
}

function ownPlace(): string {
  const boot = bootId()
  return boot === '' ? '' : hash('sha256', `${boot}\0${processPlace()}`, 'hex').slice(0, 16)
}

/** A user without an entry in the system's list, as in containers, has no name, which is no reason to fail. */
function ownUserName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** Whether a process of this host exists, and has not ended. Signal 0 only asks; restic asks with SIGHUP, which is why ours ignores it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !HAS_ENDED.has(stateOf(pid))
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}

/** States of a process that has ended and whose parent has not asked how: in a container nobody may ever do (proc_pid_stat(5)). */
const HAS_ENDED: ReadonlySet<string | undefined> = new Set(['Z', 'X'])

function stateOf(pid: number): string | undefined {
  return statOf(pid)[0]
}

/** What the kernel tells of a process behind its name, which, in parentheses, may hold anything (proc_pid_stat(5)). */
function statOf(pid: number): string[] {
  const stat = readOf(pid, 'stat')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** When a process was started, in ticks since the kernel was (proc_pid_stat(5)). Undefined where nobody can tell. */
export function startOf(pid: number): number | undefined {
  // The 22nd field is the 20th behind the name.
  const ticks = Number(statOf(pid)[19])
  return ticks > 0 ? ticks : undefined
}

/** Whether a process of this host runs a program called restic. */
export function isRestic(pid: number): boolean {
  return /(^|\/)restic[^/]*$/.test(readOf(pid, 'cmdline').split('\0')[0] ?? '')
}

/** What the kernel tells of a process; nothing where it tells nothing. */
function readOf(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'latin1')
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return ''
  }
}

/** `restic unlock` and `restic check` test a lock's owner on the same host by sending SIGHUP: it must not end us. */
export function ignoreHangup(): void {
  if (!process.listeners('SIGHUP').includes(nothing)) process.on('SIGHUP', nothing)
}

function nothing(): void {
  // A lock's owner lives on.
}
