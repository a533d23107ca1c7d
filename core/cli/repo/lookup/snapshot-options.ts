import { resolve } from 'node:path'

import type { Command } from 'commander'

import { parseTagList, type SnapshotFilter } from '../../../snapshot/index.ts'
import { collect } from '../repo-command.ts'
import type { RepoOptions } from '../session/repo-options.ts'

/** Which snapshots a command is about. */
export interface SnapshotOptions extends RepoOptions {
  readonly host?: readonly string[]
  readonly tag?: readonly string[]
  readonly path?: readonly string[]
}

/** Adds the options that choose snapshots. `of` begins their help: what they bear on. */
export function snapshotOptions(
  command: Command,
  of: string,
  {
    hostFlags = '-H, --host <name>',
    lockHelp = 'do not lock the repository, for one that cannot be written to',
  }: { readonly hostFlags?: string; readonly lockHelp?: string } = {},
): Command {
  return command
    .option(hostFlags, `${of} of this host (may be given several times; RESTIC_HOST)`, collect)
    .option('--tag <tags>', `${of} with all of these tags, separated by commas (may be given several times)`, collect)
    .option('--path <path>', `${of} of this target (given several times: of all of them)`, collect)
    .option('--no-lock', lockHelp)
}

/** The filter that the options and the environment state. An empty --host takes RESTIC_HOST back. */
export function snapshotFilter({ host, tag, path }: SnapshotOptions, env: NodeJS.ProcessEnv): SnapshotFilter {
  const usual = env['RESTIC_HOST']
  return {
    hosts: host ?? (usual === undefined ? [] : [usual]),
    tags: tag?.map(parseTagList),
    paths: path?.map((each) => resolve(each)),
  }
}
