import { type Command, InvalidArgumentError, Option } from 'commander'

import type { ExitCode } from '../exit-code.ts'
import type { RepoOptions } from './session.ts'

/** Says what the process should end with. */
export type End = (code: ExitCode) => void

/** Adds `holdfast repo …`: what works on a repository directly, in this process. Each command's code is loaded when it runs. */
export function addRepoCommands(program: Command, end: End): void {
  const repo = program
    .command('repo')
    .description('work on a repository directly, in this process, as restic does')
    .addHelpText('after', REPO_HELP)
  void end
  void repo
}

const REPO_HELP = `
The names of commands and options are those of restic where they mean the same.

Exit codes: 0 done, 1 failed, 3 done with warnings, 10 no repository, 11 locked, 12 wrong password, 130 interrupted.

Examples:
  holdfast repo init -r /backup/vault -p /etc/holdfast/password
  holdfast repo backup -r /backup/vault -p /etc/holdfast/password /home /etc
  holdfast repo restore -r /backup/vault -p /etc/holdfast/password latest --target /restored
`
void InvalidArgumentError
void Option
export type { RepoOptions }
