import { join } from 'node:path'

import type { Clock } from '../../base/index.ts'
import { flushFolder, makeFolder, makeFolders } from './folder.ts'
import { isPackPrefix, KIND_FOLDERS, kindFolder, PACK_PREFIXES } from './layout.ts'
import { modesOf } from './modes.ts'
import { readdir } from './system-call.ts'
import { sweep } from './temporary-file.ts'

// Libuv has four threads for files by default; a few more requests keep them busy.
const SWEEPS_AT_ONCE = 8

/** Makes all folders durably and sweeps those that were there. Resolves to every folder below the root. */
export async function prepareFolders(root: string, clock: Clock, signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted()
  const { folder: mode } = await modesOf(root)
  await makeFolders(root, mode)
  const kinds = KIND_FOLDERS.map((name) => join(root, name))
  for (const folder of kinds) await makeFolder(folder, mode)

  const data = kindFolder(root, 'pack')
  const present = new Set((await readdir(data)).filter(isPackPrefix))
  const absent = PACK_PREFIXES.filter((prefix) => !present.has(prefix))
  await Promise.all(absent.map((prefix) => makeFolder(join(data, prefix), mode)))
  await flushFolder(data)
  await flushFolder(root)

  await sweepAll([root, ...kinds, ...[...present].map((prefix) => join(data, prefix))], clock, signal)
  return [...kinds, ...PACK_PREFIXES.map((prefix) => join(data, prefix))]
}

async function sweepAll(folders: string[], clock: Clock, signal?: AbortSignal): Promise<void> {
  const sweepSome = async (): Promise<void> => {
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      signal?.throwIfAborted()
      await sweep(folder, clock)
    }
  }
  await Promise.all(Array.from({ length: SWEEPS_AT_ONCE }, sweepSome))
}
