import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'

import { remember, remembered } from '../base/index.ts'

/** A moment by the clock that may be set, and by one that never is, which counts from the start of the computer. */
export interface RunMoment {
  /** Milliseconds since the epoch. */
  readonly wall: number
  /** Milliseconds. */
  readonly uptime: number
  /** Of which start of the computer; undefined where the system does not tell. */
  readonly boot: string | undefined
}

/** Now. Suspended or not, the computer's uptime goes on. */
export function thisMoment(wall: number): RunMoment {
  return { wall, uptime: uptime() * 1000, boot: bootId() }
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return undefined
  }
}

/** When snapshots of a repository were removed last by rules, on this computer: RET-22 measures the clock by it. */
export interface LastRun {
  readonly before: RunMoment | undefined
  remember(now: RunMoment): void
}

/** Opens that memory below the folder of what this computer remembers. Where it cannot be written nothing is remembered. */
export function openLastRun(folder: string, repository: string): LastRun {
  const path = join(folder, `${repository}.forget`)
  return {
    before: read(path),
    remember: (now) => remember(path, JSON.stringify(now)),
  }
}

function read(path: string): RunMoment | undefined {
  try {
    const { wall, uptime: up, boot } = JSON.parse(remembered(path) ?? '{}') as Partial<RunMoment>
    if (typeof wall !== 'number' || typeof up !== 'number') return undefined
    return { wall, uptime: up, boot: typeof boot === 'string' ? boot : undefined }
  } catch {
    return undefined
  }
}

/** What is known of the time since then: `lastRun` in milliseconds since the epoch, `sinceLastRun` in milliseconds. */
export function evidenceOf(
  before: RunMoment | undefined,
  now: RunMoment,
): { readonly lastRun?: number; readonly sinceLastRun?: number } {
  if (!before) return {}
  const isSameStart = before.boot !== undefined && before.boot === now.boot && now.uptime >= before.uptime
  return { lastRun: before.wall, ...(isSameStart && { sinceLastRun: now.uptime - before.uptime }) }
}
