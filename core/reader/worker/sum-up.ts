import type { Abortable } from '../../base/index.ts'
import { type TreeReader, walkTree } from '../../snapshot/index.ts'
import type { SumAsked, Sums } from '../messages.ts'
import { asBytes, pathIn, prefixOf } from './entry-path.ts'
import { findIn } from './find-entry.ts'
import type { OpenVault } from './open-vault.ts'

/** Counts what would be restored. What cannot be read is passed over. */
export async function sumUp(vault: OpenVault, asked: SumAsked, { signal }: Abortable): Promise<Sums> {
  const state = await vault.state()
  const snapshot = await state.snapshot(asked.snapshotId)
  const first: Uint8Array[] = []
  let files = 0
  let folders = 0
  let bytes = 0

  function count(node: TreeReader, path: () => Buffer): void {
    if (node.isDir) folders++
    else {
      files++
      bytes += Number(node.size)
      if (first.length < asked.mostFiles) first.push(Uint8Array.from(path()))
    }
  }

  for (const each of asked.paths) {
    const path = asBytes(each)
    const entry = await findIn(state, snapshot, path, { signal })
    if (entry) count(entry, () => path)
    const tree = entry ? entry.subtree : Buffer.from(snapshot.tree, 'hex')
    if (!tree) continue
    await walkTree<Buffer>(
      state.trees,
      tree,
      prefixOf(path),
      {
        entry(node, folder) {
          count(node, () => pathIn(folder, node.name))
          return node.isDir ? pathIn(folder, node.name) : undefined
        },
        unreadable: () => undefined,
        pause: () => undefined,
      },
      { signal },
    )
  }
  return { files, folders, bytes, first }
}
