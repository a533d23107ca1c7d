import { bootId, processPlace } from '../../base/index.ts'
import { isAlive, startOf } from '../../repository/index.ts'
import type { ProcessIdentity } from './executor.ts'

/** Which process has this number now. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? 0, place: thisPlace() }
}

/** Whether it is that process, and alive. Numbers of processes come back. */
export function isThere({ pid, started, place }: ProcessIdentity): boolean {
  return place === thisPlace() && isAlive(pid) && (started === 0 || startOf(pid) === started)
}

/** Whether the kernel was started anew since. */
export function isOfOtherBoot({ place }: ProcessIdentity): boolean {
  return place.split('\0')[0] !== bootId()
}

function thisPlace(): string {
  return `${bootId()}\0${processPlace()}`
}
