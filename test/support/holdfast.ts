import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'

import { noteGiven } from './given-options.ts'
import { boundByModes, type Command } from './privilege.ts'
import { PROGRAM } from './program.ts'

export interface HoldfastOptions {
  /** Variables beside those of this process; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Modes of files bind it, though it be root. */
  readonly isBoundByModes?: boolean
  /** Number of the user, and group, that it runs as. Only root may say so. */
  readonly user?: number | undefined
  /** What it reads from standard input. */
  readonly stdin?: string
}

/** How a run of the program ended. */
export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null
  /** As bytes, for what is not text. */
  readonly bytes: Buffer
  readonly stdout: string
  readonly stderr: string
}

/** Starts the real program. Nothing more comes from its standard input than what is given. */
export function startHoldfast(
  args: readonly string[],
  { env = {}, cwd, isBoundByModes = false, user, stdin }: HoldfastOptions = {},
): ChildProcessWithoutNullStreams {
  noteGiven(args)
  const command: Command = [process.execPath, PROGRAM, ...args]
  const [program, ...rest] = isBoundByModes ? boundByModes(command) : command
  const child = spawn(program, rest, {
    env: { ...process.env, TZ: 'UTC', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { uid: user, gid: user }),
  })
  child.stdin.end(stdin)
  return child
}

/** Runs the real program, and resolves when it has ended. */
export async function runHoldfast(args: readonly string[], options: HoldfastOptions = {}): Promise<Ended> {
  return ended(startHoldfast(args, options))
}

/** Resolves when a program has ended, with all that it wrote from now on. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      const bytes = Buffer.concat(out)
      resolve({ code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}

/** The objects of an output of one JSON object a line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
