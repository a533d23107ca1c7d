import { type Command, InvalidArgumentError } from 'commander'

import type { ExitCode } from '../exit-code.ts'

/** Says what the process should end with. */
export type End = (code: ExitCode) => void

/**
 * A command on a repository, with the options that all of them take. What it does is imported when it runs, so that
 * `--help` and every other command start fast.
 */
export function repoCommand(repo: Command, nameAndArguments: string, description: string): Command {
  return repo
    .command(nameAndArguments)
    .description(description)
    .option('-r, --repo <folder>', 'the repository (RESTIC_REPOSITORY)')
    .option('--repository-file <file>', 'a file that names the repository (RESTIC_REPOSITORY_FILE)')
    .option(
      '-p, --password-file <file>',
      'a file that holds the password (RESTIC_PASSWORD_FILE; or RESTIC_PASSWORD itself)',
    )
    .option('--password-command <command>', 'a command that prints the password (RESTIC_PASSWORD_COMMAND)')
    .option('--retry-lock <duration>', 'how long to wait for others to finish, such as 30s, 5m or 2h', parseDuration)
    .option('--json', 'one JSON object a line, a summary last')
    .option('-q, --quiet', 'only results, warnings and errors')
}

/** Adds an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `90s`, `5m`, `1h30m`, `2d`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhd])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new InvalidArgumentError('Give a duration such as 30s, 5m, 1h30m or 2d.')
  }
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
}

/** A whole number from 1 on. */
export function wholeNumber(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new InvalidArgumentError('Give a whole number from 1 on.')
}

/** How many threads. */
export function workerCount(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count
  throw new InvalidArgumentError('Give a whole number from 1 to 64.')
}

/** MiB as bytes. */
export function packSize(text: string): number {
  const size = Number(text)
  if (Number.isInteger(size) && size >= 4 && size <= 128) return size * 1024 * 1024
  throw new InvalidArgumentError('Give a whole number of MiB from 4 to 128.')
}
