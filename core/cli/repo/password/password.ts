import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import { type Abortable, CoreError, systemCode } from '../../../base/index.ts'
import { askPasswords } from './ask-password.ts'
import { withoutBlanks, passwordInFile } from './password-bytes.ts'
import { OWN, type RepositoryRole } from './repository-role.ts'

export interface PasswordSource {
  readonly passwordFile?: string | undefined
  readonly passwordCommand?: string | undefined
}

/**
 * The password of a repository: from a file, from a command's output, from `RESTIC_PASSWORD`, or asked for. That of a
 * source is named by options and variables of its own. It is never
 * taken from the command line, where every user of the computer can read it.
 */
export async function readPassword(
  source: PasswordSource,
  env: NodeJS.ProcessEnv,
  options: Abortable = {},
  role: RepositoryRole = OWN,
): Promise<Buffer> {
  const given = givenPassword(source, env, role)
  const what = `The password${role === OWN ? '' : ` of the ${role.noun}`}`
  if (given) return assertNotEmpty(given, what)
  assertTerminal(`No password${role === OWN ? '' : ` of the ${role.noun}`} was given`, role.passwordFile)
  const [password = ''] = await askPasswords([role.question], options)
  return assertNotEmpty(Buffer.from(password), what)
}

/** The password of a repository that is to be made; a person is asked for it twice. */
export async function readFirstPassword(source: PasswordSource, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const given = givenPassword(source, env, OWN)
  return given ? assertNotEmpty(given, 'The password') : askTwice('--password-file')
}

/** The password of a key that is to be added; a person is asked for it twice. */
export async function readNewPassword(file: string | undefined, options: Abortable = {}): Promise<Buffer> {
  return file === undefined
    ? askTwice('--new-password-file', options)
    : assertNotEmpty(fromFile(file), 'The new password')
}

/** Options come before the environment, whichever of the two they name. An empty variable is none, as with restic. */
function givenPassword(
  { passwordFile, passwordCommand }: PasswordSource,
  env: NodeJS.ProcessEnv,
  role: RepositoryRole,
): Buffer | undefined {
  if (passwordFile !== undefined) return fromFile(passwordFile)
  if (passwordCommand !== undefined) return fromCommand(passwordCommand)
  const variable = `${role.variables}PASSWORD`
  const { [`${variable}_FILE`]: file, [`${variable}_COMMAND`]: command, [variable]: password } = env
  if (file) return fromFile(file)
  if (command) return fromCommand(command)
  return password ? fromVariable(password, variable, role) : undefined
}

async function askTwice(option: string, options: Abortable = {}): Promise<Buffer> {
  assertTerminal('No new password was given', option)
  const [password = '', again] = await askPasswords(['New password: ', 'The new password again: '], options)
  if (password === again) return assertNotEmpty(Buffer.from(password), 'The new password')
  throw new CoreError('input/invalid', 'The two passwords differ.', {
    safety: 'Nothing was changed.',
    remedy: 'Try again.',
  })
}

function assertTerminal(problem: string, option: string): void {
  if (process.stdin.isTTY) return
  throw new CoreError('input/invalid', `${problem}, and there is no terminal to ask for one.`, {
    safety: 'Nothing was changed.',
    remedy: `Put it into a file that only you can read and name that with ${option}.`,
  })
}

/** A key that everybody has is none. */
function assertNotEmpty(password: Buffer, what: string): Buffer {
  if (password.length > 0) return password
  throw new CoreError('input/invalid', `${what} is empty.`, {
    safety: 'Nothing was changed.',
    remedy: 'Check where it comes from. Choose one that nobody guesses.',
  })
}

function fromFile(path: string): Buffer {
  try {
    return passwordInFile(readFileSync(path))
  } catch (error) {
    throw new CoreError('input/invalid', `The password file ${path} cannot be read.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Check its name and who may read it.',
    })
  }
}

function fromCommand(command: string): Buffer {
  const [program = '', ...args] = command.split(/\s+/).filter((part) => part !== '')
  try {
    return withoutBlanks(execFileSync(program, args, { stdio: ['inherit', 'pipe', 'inherit'] }))
  } catch (error) {
    throw new CoreError('input/invalid', `The password command ${program} failed: ${endOf(error)}.`, {
      safety: 'Nothing was changed.',
      remedy: 'Run it by hand: it must print the password and end with 0.',
    })
  }
}

/** Without its arguments, which may hold a secret. */
function endOf(error: unknown): string {
  const { status, signal } = error as { readonly status?: number | null; readonly signal?: string | null }
  if (signal) return `it was ended by ${signal}`
  return typeof status === 'number' ? `it ended with ${status}` : (systemCode(error) ?? 'it could not be run')
}

/** Node has replaced what is not UTF-8 in it, so that another password would be tried. */
function fromVariable(password: string, variable: string, { passwordFile }: RepositoryRole): Buffer {
  if (!password.includes('\ufffd')) return Buffer.from(password)
  throw new CoreError('input/invalid', `The password in ${variable} is not UTF-8.`, {
    safety: 'Nothing was changed.',
    remedy: `Put it into a file that only you can read and name that with ${passwordFile}.`,
  })
}
