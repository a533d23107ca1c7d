import { cpSync } from 'node:fs'

import { type Ended, jsonLines } from './holdfast.ts'
import { makeVault, type Vault } from './vault.ts'

/** How a command on a disk ended, and the last line that it printed for programs. */
export interface ImageRun extends Ended {
  readonly summary: Readonly<Record<string, unknown>>
}

/** A repository, and disks backed up into it. */
export interface ImageVault extends Vault {
  /** `image backup --json`, as `disk` unless a name is among the arguments. */
  backUpDisk(path: string, ...args: readonly string[]): Promise<ImageRun>
  /** `image restore --json` of the latest snapshot of `disk`. */
  restoreDisk(target: string, ...args: readonly string[]): Promise<ImageRun>
  /** The id of the root tree of a snapshot. */
  treeOf(snapshot: unknown): Promise<string>
  /** Another repository with the same content. */
  copy(): Promise<ImageVault>
}

export async function makeImageVault(from?: Vault): Promise<ImageVault> {
  const vault = await makeVault()
  if (from) cpSync(from.path, vault.path, { recursive: true })
  const run = async (args: readonly string[]): Promise<ImageRun> => {
    const end = await vault.holdfast(['image', ...args, '--json'])
    return { ...end, summary: jsonLines(end.stdout).at(-1) ?? {} }
  }
  const self: ImageVault = {
    ...vault,
    backUpDisk: (path, ...args) => run(['backup', path, ...named(args)]),
    restoreDisk: (target, ...args) => run(['restore', 'latest', '--target', target, ...named(args)]),
    async treeOf(snapshot) {
      const { stdout } = await vault.holdfast(['snapshots', '--json'])
      const found = jsonLines(stdout).find(({ id }) => id === snapshot)
      if (!found) throw new Error('there is no such snapshot')
      return String(found['tree'])
    },
    copy: () => makeImageVault(vault),
  }
  return self
}

function named(args: readonly string[]): readonly string[] {
  return args.includes('--name') ? args : ['--name', 'disk', ...args]
}
