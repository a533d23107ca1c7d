import { join } from 'node:path'

import type { Clock } from '../../base/index.ts'
import { flushFolder, makeFolder, makeFolders } from './folder.ts'
import { linkedFolder, holdFolder } from './held-folder.ts'
import { isPackPrefix, KIND_FOLDERS, kindFolder, PACK_PREFIXES } from './layout.ts'
import { modesOf } from './modes.ts'
import { readdir } from './system-call.ts'
import { sweep } from './temporary-file.ts'

// Libuv has four threads for files by default; a few more requests keep them busy.
const SWEEPS_AT_ONCE = 8

/**
 * Makes all folders durably and sweeps those that were there. Resolves to every folder below the root. Throws
 * `storage/refused` where one of them is a symbolic link: who is going to write is to know it before the work begins.
 */
export async function prepareFolders(root: string, clock: Clock, signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted()
  const { folder: mode } = await modesOf(root)
  await makeFolders(root, mode)
  const kinds = KIND_FOLDERS.map((name) => join(root, name))
  for (const folder of kinds) await makeFolder(folder, mode)
  await refuseLinks(root, (name) => KIND_FOLDERS.includes(name))

  const data = kindFolder(root, 'pack')
  const present = new Set(await refuseLinks(data, isPackPrefix))
  const absent = PACK_PREFIXES.filter((prefix) => !present.has(prefix))
  using held = await holdFolder(root, data)
  await Promise.all(absent.map((prefix) => makeFolder(held.at(prefix), mode)))
  await held.flush()
  await flushFolder(root)

  await sweepAll(root, [root, ...kinds, ...[...present].map((prefix) => join(data, prefix))], clock, signal)
  return [...kinds, ...PACK_PREFIXES.map((prefix) => join(data, prefix))]
}

/** Returns those of the names in a folder, and throws where one of them is a link. Costs nothing more than reading it. */
async function refuseLinks(folder: string, isOurs: (name: string) => boolean): Promise<string[]> {
  const ours = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => isOurs(name))
  const link = ours.find((entry) => entry.isSymbolicLink())
  if (link) throw linkedFolder(join(folder, link.name))
  return ours.map(({ name }) => name)
}

async function sweepAll(root: string, folders: string[], clock: Clock, signal?: AbortSignal): Promise<void> {
  const sweepSome = async (): Promise<void> => {
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      signal?.throwIfAborted()
      await sweep(root, folder, clock)
    }
  }
  await Promise.all(Array.from({ length: SWEEPS_AT_ONCE }, sweepSome))
}
