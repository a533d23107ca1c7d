import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { BackupOptions } from '../../core/archiver/index.ts'
import { printable } from '../../core/file-system/index.ts'
import { createTreeLoader, initRepository, type Repository } from '../../core/repository/index.ts'
import { restore, type Restored, type RestoreOptions } from '../../core/restorer/index.ts'
import { findNode, loadSnapshot } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from './cheap-key.ts'
import { type CountedStorage, countReads } from './counted-storage.ts'
import { removeTree } from './remove-tree.ts'
import { backUpFolder } from './small-repository.ts'

/** A repository in a temporary folder that goes with it, and what restoring from it takes. */
export interface RestoreScene extends Disposable {
  readonly home: string
  /** The folder of the repository. */
  readonly location: string
  readonly password: string
  readonly repository: Repository
  /** What was read of packs. */
  readonly counted: CountedStorage
  /** A new path below `home`. */
  path(name: string): string
  /** Backs up a folder. Returns the tree of what is in it. */
  backUp(folder: string, options?: Partial<BackupOptions>): Promise<Buffer>
  /** Restores a tree, `always` and with one worker unless told otherwise. */
  restore(tree: Buffer, target: string, options?: Partial<RestoreOptions>): Promise<RestoreRun>
}

export interface RestoreRun {
  readonly restored: Restored
  /** `part path: reason` */
  readonly problems: readonly string[]
}

export async function makeRestoreScene(): Promise<RestoreScene> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-restore-'))
  const location = join(home, 'repository')
  const password = 'scene'
  const storage = openDirectoryStorage(location)
  const made = await initRepository(storage, {
    password,
    owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
    chunkerPolynomial: '25b468838dcb75',
  })
  await cheapenKey(location, password)
  const counted = countReads(storage)
  const repository = made.over(counted.storage)
  return {
    home,
    location,
    password,
    repository,
    counted,
    path: (name) => join(home, name),
    async backUp(folder, options) {
      return findTree(repository, await backUpFolder(repository, folder, options), folder)
    },
    async restore(tree, target, options = {}) {
      const problems: string[] = []
      const restored = await restore(repository, await repository.loadIndex({ purpose: 'read' }), {
        tree,
        target: Buffer.from(target),
        selection: {},
        overwrite: 'always',
        sparse: false,
        verify: false,
        dryRun: false,
        workers: 1,
        onProblem: ({ part, path, reason }) => problems.push(`${part} ${printable(path)}: ${reason}`),
        ...options,
      })
      return { restored, problems: problems.toSorted() }
    },
    [Symbol.dispose]: () => removeTree(home),
  }
}

/** The tree of a folder of a snapshot. */
async function findTree(repository: Repository, snapshot: string, folder: string): Promise<Buffer> {
  const trees = createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' }))
  let tree: Buffer = Buffer.from((await loadSnapshot(repository, snapshot)).tree, 'hex')
  for (const name of folder.split('/').filter((part) => part !== '')) {
    const next = findNode(await trees.load(tree), Buffer.from(name), 'Tree')?.subtree
    if (!next) throw new Error(`the snapshot has no folder ${folder}`)
    tree = next
  }
  return tree
}
