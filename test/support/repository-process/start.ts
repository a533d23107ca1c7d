import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of ours that uses a repository, talked to in lines. */
export interface RepositoryProcess {
  readonly pid: number
  /** All lines that it has printed. */
  readonly lines: readonly string[]
  /** Says something to it. */
  tell(line: string): void
  /** The next line that nobody has been given yet; undefined once it has ended. */
  next(): Promise<string | undefined>
  signal(signal: NodeJS.Signals): void
  /** Resolves when it has ended and all that it printed has been read. What it printed as errors. */
  readonly ended: Promise<string>
}

/** Starts a script of this folder. */
export function startRepositoryProcess(script: 'backup-again' | 'hold-lock', ...args: string[]): RepositoryProcess {
  const path = fileURLToPath(new URL(`${script}.ts`, import.meta.url))
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [path, ...args])
  const lines: string[] = []
  const errors: Buffer[] = []
  let given = 0
  let wake = Promise.withResolvers<undefined>()
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  // A process that was killed does not read what it is told.
  child.stdin.on('error', () => undefined)
  const reader = createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    wake.resolve(undefined)
    wake = Promise.withResolvers()
  })
  const ended = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(() => Buffer.concat(errors).toString())
  return {
    pid: child.pid ?? 0,
    lines,
    tell: (line) => void child.stdin.write(`${line}\n`),
    async next() {
      while (given === lines.length) {
        const isOver = await Promise.race([wake.promise.then(() => false), ended.then(() => true)])
        if (isOver && given === lines.length) return undefined
      }
      return lines[given++]
    },
    signal: (signal) => void child.kill(signal),
    ended,
  }
}
