import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import type { Repository } from '../../core/repository/index.ts'
import { restore } from '../../core/restorer/index.ts'
import { loadSnapshot } from '../../core/snapshot/index.ts'
import { readFiles } from './small-repository.ts'

export interface RestoreOutcome {
  /** Content by path from the snapshot's root, with a leading slash. */
  readonly files: ReadonlyMap<string, Buffer>
  /** Paths of what was said not to be what it was. */
  readonly lost: ReadonlySet<string>
}

/** Restores a snapshot into a folder below `home` and removes that again. Index files that are damaged are left out. */
export async function restoreRepository(
  repository: Repository,
  snapshot: string,
  home: string,
): Promise<RestoreOutcome> {
  const target = await mkdtemp(join(home, 'target-'))
  const lost = new Set<string>()
  try {
    await restore(repository, await repository.loadIndex({ purpose: 'read', onUnreadable: () => undefined }), {
      tree: Buffer.from((await loadSnapshot(repository, snapshot)).tree, 'hex'),
      target: Buffer.from(target),
      selection: {},
      overwrite: 'always',
      sparse: false,
      verify: false,
      dryRun: false,
      workers: 1,
      onProblem: ({ part, path }) => part === 'file' && lost.add(`/${Buffer.from(path).toString()}`),
    })
    const files = await readFiles(target)
    return { files: new Map([...files].map(([path, content]) => [`/${path}`, content])), lost }
  } finally {
    await rm(target, { recursive: true })
  }
}
