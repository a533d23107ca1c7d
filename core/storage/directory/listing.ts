import { stat } from 'node:fs'
import { join } from 'node:path'

import { systemCode } from '../../base/index.ts'
import { isFileName } from '../handle.ts'
import type { FileInfo } from '../storage.ts'
import { readdir } from './system-call.ts'

// How many `stat` calls wait for libuv's threads at once.
const BATCH = 512

/**
 * Yields the files in one folder whose names begin with `prefix`. Fails with ENOENT when there is no such folder. All
 * names are held at once: a folder of packs holds a 256th of them, and reading it piece by piece takes four times as long.
 */
export async function* listFolder(folder: string, prefix: string, signal?: AbortSignal): AsyncGenerator<FileInfo> {
  const found = await readdir(folder)
  // POSIX lets a file that is replaced while the folder is read come up twice.
  const names = [...new Set(found.filter((name) => name.startsWith(prefix) && isFileName(name)))]
  for (let first = 0; first < names.length; first += BATCH) {
    signal?.throwIfAborted()
    const batch = names.slice(first, first + BATCH)
    const sizes = await sizesOf(folder, batch)
    for (const [index, name] of batch.entries()) {
      signal?.throwIfAborted()
      const size = sizes[index] ?? NOT_A_FILE
      if (size !== NOT_A_FILE) yield { name, size }
    }
  }
}

const NOT_A_FILE = -1
/** Gone, or a link to nothing or to itself. */
const NOWHERE = new Set<string | undefined>(['ENOENT', 'ELOOP'])

/** Bytes, symbolic links followed; `NOT_A_FILE` for what is gone meanwhile, leads nowhere or is no regular file. */
function sizesOf(folder: string, names: readonly string[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const sizes = Array.from<number>({ length: names.length }).fill(NOT_A_FILE)
    let open = names.length
    if (open === 0) resolve(sizes)
    for (const [index, name] of names.entries()) {
      stat(join(folder, name), (error, stats) => {
        if (error === null) sizes[index] = stats.isFile() ? stats.size : NOT_A_FILE
        else if (!NOWHERE.has(systemCode(error))) reject(error)
        if (--open === 0) resolve(sizes)
      })
    }
  })
}
