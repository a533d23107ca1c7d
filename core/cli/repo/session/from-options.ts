import type { Command } from 'commander'

import type { PasswordSource } from '../password/password.ts'
import type { NamedRepository } from './open-storage.ts'

/** Which repository a command takes from, as it is given. */
export interface FromOptions {
  readonly fromRepo?: string
  readonly fromRepositoryFile?: string
  readonly fromPasswordFile?: string
  readonly fromPasswordCommand?: string
}

/** Adds the options that name the source. */
export function fromOptions(command: Command): Command {
  return command
    .option('--from-repo <folder>', 'the source repository (RESTIC_FROM_REPOSITORY)')
    .option('--from-repository-file <file>', 'a file that names the source (RESTIC_FROM_REPOSITORY_FILE)')
    .option(
      '--from-password-file <file>',
      'a file that holds the password of the source (RESTIC_FROM_PASSWORD_FILE; or RESTIC_FROM_PASSWORD itself)',
    )
    .option(
      '--from-password-command <command>',
      'a command that prints the password of the source (RESTIC_FROM_PASSWORD_COMMAND)',
    )
}

/** What they name. */
export function sourceOf(options: FromOptions): NamedRepository & PasswordSource {
  const { fromRepo, fromRepositoryFile, fromPasswordFile, fromPasswordCommand } = options
  return {
    repo: fromRepo,
    repositoryFile: fromRepositoryFile,
    passwordFile: fromPasswordFile,
    passwordCommand: fromPasswordCommand,
  }
}
