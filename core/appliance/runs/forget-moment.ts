import { uptime } from 'node:os'

import { bootId } from '../../base/index.ts'

/** A moment by the clock that may be set, and by one that never is, which counts from the start of the computer. */
export interface ForgetMoment {
  /** Milliseconds since the epoch. */
  readonly wall: number
  /** Milliseconds. */
  readonly uptime: number
  /** Of which start of the computer; empty where the system does not tell. */
  readonly boot: string
}

export function thisForgetMoment(wall: number): ForgetMoment {
  return { wall, uptime: uptime() * 1000, boot: bootId() }
}
