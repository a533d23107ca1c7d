import type { Abortable } from '../../base/index.ts'
import { sha256 } from '../../repository/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import type { EntryAsked, EntryFacts, Version } from '../messages.ts'
import { asBytes } from './entry-path.ts'
import { entryRow } from './entry-row.ts'
import { findIn } from './find-entry.ts'
import type { OpenVault } from './open-vault.ts'

/** What an entry is called, and what it would be as a download. */
export async function factsOf(vault: OpenVault, asked: EntryAsked, options: Abortable): Promise<EntryFacts> {
  const entry = await findEntry(vault, asked, options)
  if (!entry) return { name: new Uint8Array(), type: 'folder', size: 0n }
  const type = entry.isFile ? 'file' : entry.subtree ? 'folder' : 'other'
  return { name: Uint8Array.from(entry.name), type, size: entry.size }
}

/** An entry as this recovery point has it; undefined for the root. */
export async function versionOf(vault: OpenVault, asked: EntryAsked, options: Abortable): Promise<Version | undefined> {
  const entry = await findEntry(vault, asked, options)
  if (!entry) return undefined
  const path = asBytes(asked.path)
  // A file of a terabyte has a list of some 32 MB.
  const content = sha256(entry.content ?? entry.subtree ?? Buffer.alloc(0)).toString('hex')
  return {
    entry: entryRow(entry, path.subarray(0, path.lastIndexOf(0x2f))),
    content: `${entry.size} ${content}`,
  }
}

async function findEntry(
  vault: OpenVault,
  { snapshotId, path }: EntryAsked,
  options: Abortable,
): Promise<TreeReader | undefined> {
  const state = await vault.state()
  return findIn(state, await state.snapshot(snapshotId), asBytes(path), options)
}
