import type { Command } from 'commander'

import { collect } from '../repo-command.ts'

/** Patterns of what is left out, as they are given. */
export interface ExcludeOptions {
  readonly exclude?: readonly string[]
  readonly iexclude?: readonly string[]
  readonly excludeFile?: readonly string[]
  readonly iexcludeFile?: readonly string[]
}

/** Adds the options that give them. `doing` says what a pattern means, as in `leave out what fits`. */
export function excludeOptions(command: Command, doing: string): Command {
  return command
    .option('-e, --exclude <pattern>', `${doing} (may be given several times)`, collect)
    .option('--iexclude <pattern>', 'the same, whether upper or lower case', collect)
    .option('--exclude-file <file>', 'patterns to exclude from a file, one a line', collect)
    .option('--iexclude-file <file>', 'the same, whether upper or lower case', collect)
}
