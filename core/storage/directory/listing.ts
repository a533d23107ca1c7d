import { stat } from 'node:fs'
import { join } from 'node:path'

import { systemCode } from '../../base/index.ts'
import { isFileName } from '../handle.ts'
import type { FileInfo } from '../storage.ts'
import { opendir } from './system-call.ts'

// How many names are in memory, and how many `stat` calls wait for libuv's threads, at once.
const BATCH = 512

/** Yields the files in one folder whose names begin with `prefix`. Fails with ENOENT when there is no such folder. */
export async function* listFolder(folder: string, prefix: string, signal?: AbortSignal): AsyncGenerator<FileInfo> {
  const entries = await opendir(folder, { bufferSize: BATCH })
  try {
    // POSIX lets a file that is replaced while the folder is read come up twice.
    const seen = new Set<string>()
    for (let more = true; more;) {
      const names: string[] = []
      while (names.length < BATCH && more) {
        const entry = await entries.read()
        more = entry !== null
        if (entry === null || !entry.name.startsWith(prefix) || !isFileName(entry.name)) continue
        if (entry.isDirectory() || seen.has(entry.name)) continue
        seen.add(entry.name)
        names.push(entry.name)
      }
      signal?.throwIfAborted()
      const sizes = await sizesOf(folder, names)
      for (const [index, name] of names.entries()) {
        signal?.throwIfAborted()
        const size = sizes[index] ?? NOT_A_FILE
        if (size !== NOT_A_FILE) yield { name, size }
      }
    }
  } finally {
    await entries.close()
  }
}

const NOT_A_FILE = -1

/** Bytes, symbolic links followed; `NOT_A_FILE` for what is gone meanwhile or is no regular file. */
function sizesOf(folder: string, names: readonly string[]): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const sizes = Array.from<number>({ length: names.length }).fill(NOT_A_FILE)
    let open = names.length
    if (open === 0) resolve(sizes)
    for (const [index, name] of names.entries()) {
      stat(join(folder, name), (error, stats) => {
        if (error === null) sizes[index] = stats.isFile() ? stats.size : NOT_A_FILE
        else if (systemCode(error) !== 'ENOENT') reject(error)
        if (--open === 0) resolve(sizes)
      })
    }
  })
}
