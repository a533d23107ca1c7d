import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { DEFAULT_LIMITS, planPrune, type PrunePlan } from '../../../../../core/maintenance/index.ts'
import {
  createBlobIndex,
  createBlobSaver,
  HEADER_LENGTH_BYTES,
  headerEntryBytes,
  initRepository,
  type Repository,
  SEAL_OVERHEAD,
} from '../../../../../core/repository/index.ts'
import { encodeIndex, type IndexedPack } from '../../../../../core/repository/index/index-writer.ts'
import { changeStorage, openDirectoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { storeSnapshot } from '../../../../support/craft.ts'
import { writeMadeId } from '../../repository/index/made-id.ts'

// Stores index files that list as many blobs as the first argument says, in packs of as many as the second says, or of a
// thousand, and a snapshot that needs all of them; the storage says that the packs are there. A tenth is listed in two packs.
// Plans a prune, and prints how much more memory the process held at any moment of it than before.

const blobs = Number(process.argv[2])
const BLOBS_A_PACK = Number(process.argv[3] ?? 1000)
const PACKS_A_FILE = 50_000 / BLOBS_A_PACK
const PACKS_A_TREE = 1000 / BLOBS_A_PACK
const BLOB_BYTES = 100
const HEADER_ENTRY_BYTES = headerEntryBytes(0)
const home = mkdtempSync(join(tmpdir(), 'holdfast-plan-'))

/** A pack with blobs of which another one may have the same. */
function packOf(number: number, group: number): IndexedPack {
  return {
    id: idOf(number),
    blobs: Array.from({ length: BLOBS_A_PACK }, (_, at) => ({
      id: writeMadeId(group * BLOBS_A_PACK + at, Buffer.alloc(32)),
      type: 'data',
      offset: at * BLOB_BYTES,
      length: BLOB_BYTES,
      uncompressedLength: 0,
    })),
  }
}

/** The most resident memory since it was last asked. */
function mostResident(): number {
  const most = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  // proc_pid_clear_refs(5): the peak begins anew.
  writeFileSync('/proc/self/clear_refs', '5')
  return Number(most) * 1024
}

/** A file whose content is all blobs of these packs. */
function treeOf(packs: readonly IndexedPack[]): Buffer {
  const ids = packs.flatMap(({ blobs: some }) => [...some].map(({ id }) => `"${Buffer.from(id).toString('hex')}"`))
  const content = ids.join(',')
  return Buffer.from(`{"nodes":[{"name":"f","type":"file",${TIMES},"size":1,"content":[${content}]}]}\n`)
}

const TIMES =
  '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","uid":0,"gid":0'

/** The same storage, which says that it has packs, too, of these numbers, that have the length that their list promises. */
function withMadePacks(storage: Storage, numbers: readonly number[]): Storage {
  const size = BLOBS_A_PACK * (BLOB_BYTES + HEADER_ENTRY_BYTES) + SEAL_OVERHEAD + HEADER_LENGTH_BYTES
  return changeStorage(storage, {
    async *list(kind, options) {
      yield* storage.list(kind, options)
      if (kind !== 'pack') return
      for (const number of numbers) yield { name: idOf(number).toString('hex'), size }
    },
  })
}

function idOf(pack: number): Buffer {
  return writeMadeId(blobs + pack, Buffer.alloc(32))
}

async function rest(): Promise<void> {
  for (let round = 0; round < 10; round++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await setTimeout(50)
  }
}

async function plan(repository: Repository): Promise<PrunePlan> {
  return planPrune(repository, { limits: DEFAULT_LIMITS, workers: 1 })
}

try {
  const repository = await initRepository(openDirectoryStorage(home), {
    password: 'p',
    owner: { hostname: 'host', username: '', created: '2026-11-20T00:00:00Z' },
    chunkerPolynomial: '25b468838dcb75',
  })
  const trees = createBlobSaver(repository, createBlobIndex(), 'tree')
  const folders: string[] = []
  const numbers: number[] = []
  const packs = blobs / BLOBS_A_PACK
  for (let first = 0; first < packs; first += PACKS_A_FILE) {
    const some = Array.from({ length: PACKS_A_FILE }, (_, at) => packOf(first + at, first + at))
    // Every tenth has all its blobs in a further pack.
    const copies = some.flatMap((_, at) => ((first + at) % 10 === 0 ? [packOf(packs + first + at, first + at)] : []))
    for (let at = first; at < first + PACKS_A_FILE; at++) numbers.push(at, ...(at % 10 === 0 ? [packs + at] : []))
    await repository.saveDocument('index', encodeIndex({ packs: [...some, ...copies] }))
    for (let at = 0; at < some.length; at += PACKS_A_TREE) {
      const id = (await trees.save(treeOf(some.slice(at, at + PACKS_A_TREE)))).toString('hex')
      folders.push(`{"name":"d${String(folders.length).padStart(6, '0')}","type":"dir",${TIMES},"subtree":"${id}"}`)
    }
  }
  const root = await trees.save(Buffer.from(`{"nodes":[${folders.join(',')}]}\n`))
  await trees.finish()
  const made = repository.over(withMadePacks(repository.storage, numbers))
  // What the first plan takes, it takes once: it needs nothing.
  await plan(made)
  await storeSnapshot(repository, root.toString('hex'))
  await rest()
  mostResident()
  const before = mostResident()
  const begun = performance.now()
  // What nobody holds any more is taken away at once: how much of it V8 lets lie depends on how long it likes.
  const collecting = setInterval(() => globalThis.gc?.(), 50)
  const { summary } = await plan(made)
  clearInterval(collecting)
  const seconds = (performance.now() - begun) / 1000
  process.stdout.write(JSON.stringify({ bytes: mostResident() - before, seconds, blobs: summary.blobs }))
} finally {
  rmSync(home, { recursive: true })
}
