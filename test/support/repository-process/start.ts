import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { boundByModes, type Command } from '../privilege.ts'

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

type Script = 'backup-in-steps' | 'hold-lock'

/** Starts a script of this folder. */
export function startRepositoryProcess(script: Script, ...args: string[]): RepositoryProcess {
  return start(commandOf(script, args))
}

/** The same where modes of files bind it, though it be root. */
export function startBoundByModes(script: Script, ...args: string[]): RepositoryProcess {
  return start(boundByModes(commandOf(script, args)))
}

function commandOf(script: Script, args: readonly string[]): Command {
  return [process.execPath, ...process.execArgv, fileURLToPath(new URL(`${script}.ts`, import.meta.url)), ...args]
}

function start([program, ...args]: Command): RepositoryProcess {
  const child: ChildProcessWithoutNullStreams = spawn(program, args)
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
