import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { type Abortable, CoreError, reasonOf } from '../../base/index.ts'
import { askPasswords } from '../repo/password/ask-password.ts'
import { passwordInFile } from '../repo/password/password-bytes.ts'

export interface SecretSource {
  /** What is asked at a terminal; ends with `: `. Several: the answers must be the same. */
  readonly questions: readonly string[]
  /** A file; `-` is standard input. */
  readonly file?: string | undefined
  /** By which option a file is named. */
  readonly option: string
}

/** A secret, never from the command line: from a file, from a terminal that does not show it, else from standard input. */
export async function readSecret(
  { questions, file, option }: SecretSource,
  { signal }: Abortable = {},
): Promise<string> {
  const secret = await given({ questions, file, option }, { signal })
  if (secret !== '') return secret
  throw new CoreError('input/invalid', 'The password is empty.', {
    safety: 'Nothing was changed.',
    remedy: `Enter it at a terminal, or put it into a file that only you can read and name that with ${option}.`,
  })
}

async function given({ questions, file, option }: SecretSource, { signal }: Abortable): Promise<string> {
  if (file !== undefined && file !== '-') return inFile(file, option)
  if (file === '-' || !process.stdin.isTTY) return firstLine({ signal })
  const [answer = '', ...again] = await askPasswords(questions, { signal })
  if (again.every((each) => each === answer)) return answer
  throw new CoreError('input/invalid', 'The two passwords differ.', {
    safety: 'Nothing was changed.',
    remedy: 'Try again.',
  })
}

function inFile(path: string, option: string): string {
  try {
    return passwordInFile(readFileSync(path)).toString()
  } catch (error) {
    throw new CoreError('input/invalid', `The file ${path} that ${option} names cannot be read: ${reasonOf(error)}.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Check its name and who may read it.',
    })
  }
}

async function firstLine({ signal }: Abortable): Promise<string> {
  const lines = createInterface({ input: process.stdin, ...(signal && { signal }) })
  try {
    for await (const line of lines) return line.trim()
    signal?.throwIfAborted()
    return ''
  } finally {
    lines.close()
    process.stdin.destroy()
  }
}

/** Asks at the terminal, and shows what is typed. Undefined where there is none. */
export async function askLine(question: string, { signal }: Abortable = {}): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined
  // The terminal itself shows what is typed, and lets it be mended.
  const lines = createInterface({ input: process.stdin, terminal: false })
  const stop = new AbortController()
  try {
    return await new Promise<string>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { signal: stop.signal })
      lines.once('line', resolve)
      lines.once('close', () => resolve(''))
      process.stderr.write(question)
    })
  } finally {
    stop.abort()
    lines.close()
  }
}
