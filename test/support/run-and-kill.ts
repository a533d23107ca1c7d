import { watch } from 'node:fs'

import { startHoldfast } from './holdfast.ts'

/** When a run is killed: after so many milliseconds, or at the so manieth change of what is in a folder. */
export type Moment = { readonly after: number } | { readonly change: number; readonly folder: string }

export interface KilledRun {
  /** False where it had ended before. */
  readonly killed: boolean
  readonly stdout: string
  readonly stderr: string
}

/** Starts the program and kills it at that moment, unless it has ended or none is given. */
export async function runAndKill(args: readonly string[], env: NodeJS.ProcessEnv, moment?: Moment): Promise<KilledRun> {
  using stack = new DisposableStack()
  const child = startHoldfast(['repo', ...args], { env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const kill = (): void => void child.kill('SIGKILL')
  if (moment && 'after' in moment) stack.adopt(setTimeout(kill, moment.after), clearTimeout)
  if (moment && 'change' in moment) {
    let changes = 0
    const onChange = (): void => void (++changes === moment.change && kill())
    stack.adopt(watch(moment.folder, { recursive: true }, onChange), (watcher) => watcher.close())
  }
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_code, ended) => resolve(ended))
  })
  return { killed: signal === 'SIGKILL', stdout, stderr }
}
