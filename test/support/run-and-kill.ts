import { startHoldfast } from './holdfast.ts'

/** Starts the program and kills it after so many milliseconds, unless it has ended or none are given. */
export async function runAndKill(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  after?: number,
): Promise<{ readonly killed: boolean; readonly stdout: string; readonly stderr: string }> {
  const child = startHoldfast(['repo', ...args], { env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after)
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_code, ended) => resolve(ended))
  })
  clearTimeout(timer)
  return { killed: signal === 'SIGKILL', stdout, stderr }
}
