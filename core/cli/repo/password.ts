import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

import { CoreError } from '../../base/index.ts'
import { Interrupted } from '../stopped.ts'

export interface PasswordSource {
  readonly passwordFile?: string | undefined
  readonly passwordCommand?: string | undefined
}

/**
 * The password of a repository: from a file, from a command's output, from `RESTIC_PASSWORD`, or asked for. It is never
 * taken from the command line, where every user of the computer can read it.
 */
export async function readPassword(
  { passwordFile, passwordCommand }: PasswordSource,
  env: NodeJS.ProcessEnv,
  question = 'Password of the repository: ',
): Promise<string> {
  const file = passwordFile ?? env['RESTIC_PASSWORD_FILE']
  if (file !== undefined) return fromFile(file)
  const command = passwordCommand ?? env['RESTIC_PASSWORD_COMMAND']
  if (command !== undefined) return fromCommand(command)
  const password = env['RESTIC_PASSWORD']
  if (password !== undefined) return password
  if (process.stdin.isTTY) return ask(question)
  throw new CoreError('input/invalid', 'No password was given, and there is no terminal to ask for one.', {
    safety: 'Nothing was changed.',
    remedy: 'Put it into a file that only you can read and name that with --password-file.',
  })
}

/** Asks for a new password twice. */
export async function readNewPassword(file: string | undefined): Promise<string> {
  if (file !== undefined) return assertNotEmpty(fromFile(file))
  if (!process.stdin.isTTY) {
    throw new CoreError('input/invalid', 'No new password was given, and there is no terminal to ask for one.', {
      safety: 'Nothing was changed.',
      remedy: 'Put it into a file that only you can read and name that with --new-password-file.',
    })
  }
  const password = assertNotEmpty(await ask('New password: '))
  if (password === (await ask('The new password again: '))) return password
  throw new CoreError('input/invalid', 'The two passwords differ.', {
    safety: 'Nothing was changed.',
    remedy: 'Try again.',
  })
}

/** A key that everybody has is none. */
function assertNotEmpty(password: string): string {
  if (password !== '') return password
  throw new CoreError('input/invalid', 'The new password is empty.', {
    safety: 'Nothing was changed.',
    remedy: 'Choose one that nobody guesses.',
  })
}

/** Blanks and line ends around it do not belong to the password, as with restic. */
function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new CoreError('input/invalid', `The password file ${path} cannot be read.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Check its name and who may read it.',
    })
  }
}

function fromCommand(command: string): string {
  const [program = '', ...args] = command.split(/\s+/).filter((part) => part !== '')
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] }).trim()
  } catch (error) {
    throw new CoreError('input/invalid', `The password command ${program} failed.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Run it by hand: it must print the password and end with 0.',
    })
  }
}

async function ask(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => reject(new Interrupted('SIGINT')))
      lines.once('close', () => reject(nothingEntered()))
    })
  } finally {
    process.stderr.write('\n')
    lines.close()
  }
}

function nothingEntered(): CoreError {
  return new CoreError('input/invalid', 'No password was entered.', {
    safety: 'Nothing was changed.',
    remedy: 'Start again and enter it, or name a file that holds it with --password-file.',
  })
}
