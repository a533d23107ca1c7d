import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// What a test leaves out in its middle is no skip that the test runner knows of. It is written into a file that the run's
// processes share, and listed at the end with the others.

const VARIABLE = 'HOLDFAST_LEFT_OUT'

/** In the process that starts the others. */
export function collectLeftOut(): void {
  process.env[VARIABLE] = join(mkdtempSync(join(tmpdir(), 'holdfast-left-out-')), 'list')
}

/** Says what is left out, and why: "devices (left out: not root)". */
export function leaveOut(what: string, reason: string): void {
  const path = process.env[VARIABLE]
  if (path !== undefined) appendFileSync(path, `${what} (left out: ${reason})\n`)
}

/** Each once, in order; they are forgotten. */
export function takeLeftOut(): string[] {
  const path = process.env[VARIABLE]
  if (path === undefined) return []
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return [...new Set(lines.filter((line) => line !== ''))].toSorted()
  } catch {
    return []
  } finally {
    rmSync(join(path, '..'), { recursive: true, force: true })
  }
}
