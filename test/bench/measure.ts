import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** What one run of a program took. */
export interface Run {
  /** Seconds. */
  readonly wall: number
  /** The most memory that was resident at once, in MB. */
  readonly resident: number
}

/**
 * Runs a program to its end. Its memory is read from /proc while it runs (`VmHWM`, the kernel's own high-water mark), so
 * that a run is measured without another program around it.
 */
export async function measure(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onLine?: (line: string) => void,
): Promise<Run> {
  const since = process.hrtime.bigint()
  const child = spawn(command, args, { stdio: ['ignore', onLine ? 'pipe' : 'ignore', 'pipe'], env })
  if (onLine && child.stdout) createInterface(child.stdout).on('line', onLine)
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  let resident = 0
  const timer = setInterval(() => {
    resident = Math.max(resident, highWaterMark(child.pid ?? 0))
  }, 20)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  clearInterval(timer)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${complaint}`)
  return { wall: Number(process.hrtime.bigint() - since) / 1e9, resident }
}

/** The most memory that a process has had so far. MB. */
export function highWaterMark(pid: number): number {
  try {
    const [, kib = '0'] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib) / 1000
  } catch {
    return 0
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
