import { createHash } from 'node:crypto'

import { createTreeLoader, type Repository } from '../../core/repository/index.ts'
import { loadSnapshots, walkTree } from '../../core/snapshot/index.ts'

/** A snapshot by what is in its files, whatever its trees are called. */
export interface SnapshotFiles {
  readonly id: string
  /** The snapshot that it is made from. */
  readonly original: string | undefined
  /** The hash of each file's content, by its path. */
  readonly files: ReadonlyMap<string, string>
}

/** Of all snapshots, or of one. Rejects where one cannot be read, as restic reads: packs that wait to be removed are none. */
export async function snapshotFiles(repository: Repository, only?: string): Promise<SnapshotFiles[]> {
  const index = await repository.loadIndex({ purpose: 'refer' })
  const trees = createTreeLoader(repository, index)
  const snapshots: SnapshotFiles[] = []
  for (const { id, original, tree } of await loadSnapshots(repository)) {
    if (only !== undefined && id !== only) continue
    const contents = new Map<string, Buffer>()
    await walkTree(trees, Buffer.from(tree, 'hex'), '', {
      entry(node, folder: string) {
        const path = `${folder}/${node.name.toString()}`
        if (node.isFile) contents.set(path, node.content ?? Buffer.alloc(0))
        return node.isDir ? path : undefined
      },
      unreadable(_, error) {
        throw error
      },
      pause: () => undefined,
    })
    const files = new Map<string, string>()
    for (const [path, ids] of contents) {
      const hash = createHash('sha256')
      for (let at = 0; at < ids.length; at += 32)
        hash.update(await repository.loadBlob(index, 'data', ids.subarray(at, at + 32)))
      files.set(path, hash.digest('hex'))
    }
    snapshots.push({ id, original, files })
  }
  return snapshots
}

/**
 * What is wrong where snapshots are made anew without the files of this name, and the old ones removed: each that is gone
 * must have another in its place, which holds the rest of it.
 */
export function notRenewed(
  before: readonly SnapshotFiles[],
  after: readonly SnapshotFiles[],
  without: string,
): readonly string[] {
  return before.flatMap(({ id, files }) => {
    if (after.some((snapshot) => snapshot.id === id)) return []
    const renewed = after.filter(({ original }) => original === id)
    const wanted = [...files].filter(([path]) => !path.endsWith(`/${without}`))
    const isRest = renewed.some((snapshot) => [...snapshot.files].join() === wanted.join())
    return isRest ? [] : [`${id} is gone, and nothing of ${renewed.length} takes its place`]
  })
}
