import { readFileSync } from 'node:fs'

import { type Ended, ended, type HoldfastOptions, startHoldfast } from './holdfast.ts'

const OFTEN = 100

/** Runs the real program, and tells how much memory it had at the most (MiB), and for reports also how long it took. */
export async function runMeasured(
  args: readonly string[],
  options: HoldfastOptions,
): Promise<Ended & { readonly cost: string; readonly peak: number }> {
  const since = performance.now()
  const child = startHoldfast(args, options)
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMemory(child.pid ?? 0))
  }, OFTEN)
  try {
    const end = await ended(child)
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    return { ...end, cost: `${seconds} s, ${Math.round(peak / 1024)} MiB`, peak: Math.round(peak / 1024) }
  } finally {
    clearInterval(timer)
  }
}

/** KiB; 0 where it cannot be told. */
function peakMemory(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
