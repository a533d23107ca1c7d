import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

export interface KilledChild {
  /** All that it said. */
  readonly lines: readonly string[]
  /** It had ended by itself. */
  readonly isDone: boolean
}

/** Runs a module of tests as a process of its own and kills it (`kill -9`) `delay` ms after its first line. */
export async function killChild(
  module: string,
  args: readonly string[],
  delay: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<KilledChild> {
  const child = spawn(process.execPath, [module, ...args], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const lines: string[] = []
  const exit = once(child, 'exit')
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const ended = once(reader, 'close')
  await Promise.race([once(reader, 'line'), ended])
  await Promise.race([pause(delay), ended])
  child.kill('SIGKILL')
  await ended
  await exit
  return { lines, isDone: child.exitCode === 0 }
}
