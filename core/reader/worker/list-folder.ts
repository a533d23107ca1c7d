import { type Abortable, createTurns } from '../../base/index.ts'
import { leadsTo, mayReach } from '../../identity/index.ts'
import type { FolderPage, ListAsked } from '../messages.ts'
import { asBytes, pathIn, prefixOf } from './entry-path.ts'
import { type EntryRow, entryRow } from './entry-row.ts'
import { findFolder } from './find-entry.ts'
import type { OpenVault } from './open-vault.ts'

/** A part of a folder. Names that lead nowhere for this user are passed over. */
export async function listFolder(vault: OpenVault, asked: ListAsked, options: Abortable): Promise<FolderPage> {
  const { limit, after, reach } = asked
  const path = asBytes(asked.path)
  const own = { dataFolder: asBytes(reach.dataFolder) }
  const isAllSeen = mayReach(path, reach.user, own)
  const state = await vault.state()
  const folder = await state.folders.open(
    await findFolder(state, await state.snapshot(asked.snapshotId), path, options),
  )
  options.signal?.throwIfAborted()
  const prefix = prefixOf(path)
  const turns = createTurns()
  const entries: EntryRow[] = []
  let last: Uint8Array | undefined
  for (
    let node = after ? await folder.behind(after, options) : folder.first();
    node;
    node = node.next() ? node : undefined
  ) {
    if (isAllSeen || leadsTo(pathIn(prefix, node.name), reach.user, own)) {
      if (entries.length === limit) return { entries, next: last }
      entries.push(entryRow(node, prefix))
      last = Uint8Array.from(node.name)
    }
    const turn = turns()
    if (turn) await turn
    options.signal?.throwIfAborted()
  }
  return { entries, next: undefined }
}
