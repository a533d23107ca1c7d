import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { initRepository } from '../../../../../core/repository/index.ts'
import { encodeIndex, type IndexedPack } from '../../../../../core/repository/index/index-writer.ts'
import { openDirectoryStorage } from '../../../../../core/storage/index.ts'
import { writeMadeId } from './made-id.ts'

// Stores index files that list as many blobs as the argument says, in packs of a thousand, reads them into an index as
// every command does, and prints how long that took, how much memory the index has, and how many blobs it finds again.

const blobs = Number(process.argv[2])
const BLOBS_A_PACK = 1000
const PACKS_A_FILE = 50
const home = mkdtempSync(join(tmpdir(), 'holdfast-index-'))

function packOf(number: number): IndexedPack {
  return {
    id: writeMadeId(blobs + number, Buffer.alloc(32)),
    blobs: Array.from({ length: BLOBS_A_PACK }, (_, blob) => ({
      id: writeMadeId(number * BLOBS_A_PACK + blob, Buffer.alloc(32)),
      type: 'data' as const,
      offset: blob * 100,
      length: 100,
      uncompressedLength: 200,
    })),
  }
}

/** The smallest of some: buffers that are not needed any more are given back by other threads, in their own time. */
async function rss(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let sample = 0; sample < 30; sample++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    least = Math.min(least, process.memoryUsage().rss)
    await setTimeout(50)
  }
  return least
}

try {
  const storage = openDirectoryStorage(home)
  const owner = { hostname: 'host', username: '', created: '2026-11-20T00:00:00Z' }
  const repository = await initRepository(storage, { password: 'p', owner, chunkerPolynomial: '25b468838dcb75' })
  // What the first calls take, they take once.
  await repository.loadIndex({ purpose: 'read' })
  for (let first = 0; first * BLOBS_A_PACK < blobs; first += PACKS_A_FILE) {
    const packs = Array.from({ length: PACKS_A_FILE }, (_, pack) => packOf(first + pack))
    await repository.saveDocument('index', encodeIndex({ packs }))
    if (first === 0) await repository.loadIndex({ purpose: 'read' })
  }
  const before = await rss()
  const begun = performance.now()
  const index = await repository.loadIndex({ purpose: 'read' })
  const seconds = (performance.now() - begun) / 1000
  const bytes = (await rss()) - before
  const id = Buffer.alloc(32)
  let found = 0
  for (let number = 0; number < blobs; number += 7) {
    const entry = index.find('data', writeMadeId(number, id))
    if (entry < 0) continue
    const { pack, offset } = index.locate(entry)
    const isRight =
      offset === (number % BLOBS_A_PACK) * 100 &&
      index.packs.idOf(pack).equals(writeMadeId(blobs + Math.floor(number / BLOBS_A_PACK), Buffer.alloc(32)))
    if (isRight) found++
  }
  process.stdout.write(JSON.stringify({ bytes, seconds, count: index.count, found }))
} finally {
  rmSync(home, { recursive: true })
}
