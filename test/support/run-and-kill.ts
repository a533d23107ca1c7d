import { watch } from 'node:fs'

import { EXIT } from '../../core/cli/exit-code.ts'
import { startHoldfast } from './holdfast.ts'

/**
 * When a run is killed: at the so manieth change of what is in a folder, or so many milliseconds after its first sign there.
 * What happens to its lock is a sign, and not counted: else every other change would be one of those.
 */
export type Moment = { readonly change: number } | { readonly after: number }

export interface KilledRun {
  /** Whether it was killed at work, or says that it was stopped. False where it had ended before. */
  readonly killed: boolean
  /** null where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Changes that were seen in the folder. */
  readonly changes: number
  /** Milliseconds from the first sign in the folder to the end of the process. */
  readonly worked: number
}

const LOCKS = 'locks'

/**
 * Starts the program, watches what it does in a folder, and kills it at that moment, unless it has ended or none is given. With
 * another signal than SIGKILL it is asked to stop.
 */
export async function runAndKill(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  folder: string,
  moment?: Moment,
  by: 'SIGKILL' | 'SIGINT' | 'SIGTERM' = 'SIGKILL',
): Promise<KilledRun> {
  using stack = new DisposableStack()
  let changes = 0
  let begun: number | undefined
  const kill = (): void => void child.kill(by)
  const watcher = watch(folder, { recursive: true }, (_, name) => {
    if (begun === undefined) {
      begun = performance.now()
      if (moment && 'after' in moment) stack.adopt(setTimeout(kill, moment.after), clearTimeout)
    }
    if (name?.startsWith(LOCKS)) return
    changes++
    if (moment && 'change' in moment && changes === moment.change) kill()
  })
  stack.adopt(watcher, () => watcher.close())
  const child = startHoldfast(['repo', ...args], { env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (ended, ending) => resolve({ code: ended, signal: ending }))
  })
  const worked = begun === undefined ? 0 : performance.now() - begun
  const killed = by === 'SIGKILL' ? signal === by : code === EXIT.interrupted
  return { killed, code, stdout, stderr, changes, worked }
}
