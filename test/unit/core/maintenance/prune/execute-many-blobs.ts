import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  DEFAULT_LIMITS,
  executePrune,
  planPrune,
  type PruneLimits,
  type PrunePhase,
  type PruneProgress,
} from '../../../../../core/maintenance/index.ts'
import { initRepository, type Repository, SEAL_OVERHEAD, sha256 } from '../../../../../core/repository/index.ts'
import { changeStorage, openDirectoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { storeSnapshot } from '../../../../support/craft.ts'
import { type MadePacks, packFileBytes, packName, packNumber, packNumbers, rest, storeListings } from './made-packs.ts'

// Stores as many blobs as the first argument says, in packs of as many as the second says, and a snapshot that needs all of
// them. Then, as the third says:
//
// - `move`: moves all of them to new packs, with a grace; then removes the old packs, which wait.
// - `prove`: has each blob in two packs; proves one of them, and removes the other.
//
// Prints of each prune how much more memory the process held than before, at the most, in each of its phases; how many blobs
// were listed when it began, each copy; and what it did.

const blobs = Number(process.argv[2])
const blobsAPack = Number(process.argv[3])
const scene = process.argv[4]
const PLAIN_BYTES = 8
const packs: MadePacks = {
  count: blobs / blobsAPack,
  blobsAPack,
  blobBytes: PLAIN_BYTES + SEAL_OVERHEAD,
  idOfBlob: (blob) => sha256(plainOf(blob)),
  hasCopy: () => scene === 'prove',
}
const HOUR = 3_600_000
const MIB = 1024 * 1024
const home = mkdtempSync(join(tmpdir(), 'holdfast-prune-'))
/** All blobs, sealed, one behind the other. */
const content = openSync(join(home, 'content'), 'w+')

function plainOf(blob: number): Buffer {
  const plain = Buffer.alloc(PLAIN_BYTES)
  plain.writeDoubleLE(blob)
  return plain
}

function writeContent({ sealer }: Repository): void {
  const step = Buffer.alloc(1000 * packs.blobBytes)
  for (let blob = 0; blob < blobs; blob += 1000) {
    for (let at = 0; at < 1000; at++) sealer.seal(plainOf(blob + at), step, at * packs.blobBytes)
    writeSync(content, step)
  }
}

/** The same storage, which has these packs, too. Their headers are never asked for. */
function withMadePacks(storage: Storage): Storage {
  const isRemoved = new Uint8Array(packs.count * 2)

  /** The number of a made pack, or -1. */
  function numberOf(kind: string, name: string): number {
    const number = kind === 'pack' ? packNumber(name) : packs.count * 2
    return number < packs.count * 2 && packName(number) === name ? number : -1
  }

  return changeStorage(storage, {
    async *list(kind, options) {
      yield* storage.list(kind, options)
      if (kind !== 'pack') return
      for (const number of packNumbers(packs))
        if (isRemoved[number] === 0) yield { name: packName(number), size: packFileBytes(packs) }
    },
    async load(handle, options = {}) {
      const number = numberOf(handle.kind, handle.name)
      if (number < 0) return storage.load(handle, options)
      const { offset = 0, length = 0, into = new Uint8Array(length) } = options
      const first = (number % packs.count) * blobsAPack * packs.blobBytes
      readSync(content, into, 0, length, first + offset)
      return into
    },
    async remove(handle, options) {
      const number = numberOf(handle.kind, handle.name)
      if (number < 0) await storage.remove(handle, options)
      else isRemoved[number] = 1
    },
  })
}

/** Memory of the process, once V8 has given back all that nobody holds any more. Bytes. */
function held(): number {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  return process.memoryUsage.rss()
}

async function prune(repository: Repository, limits: Partial<PruneLimits>): Promise<object> {
  await rest()
  const before = held()
  const most: Partial<Record<PrunePhase, number>> = {}
  let phase: PrunePhase = 'index'

  const look = (): void => void (most[phase] = Math.max(most[phase] ?? 0, held() - before))
  function onProgress(now: PruneProgress): void {
    if (now.phase !== phase) look()
    phase = now.phase
  }

  const looking = setInterval(look, 500)
  const plan = await planPrune(repository, {
    limits: { ...DEFAULT_LIMITS, packBytes: 4 * MIB, ...limits },
    workers: 1,
    onProgress,
  })
  look()
  const done = await executePrune(repository, plan, {
    workers: 1,
    onProgress,
    onSpared: fail,
    onReplaced: fail,
    onFailed: fail,
  })
  look()
  clearInterval(looking)
  const { used, unused, repeated } = plan.summary.blobs
  return { most, listed: used + unused + repeated, done }
}

function fail(pack: string): never {
  throw new Error(`pack ${pack} is not as it was made`)
}

try {
  const repository = await initRepository(openDirectoryStorage(home), {
    password: 'p',
    owner: { hostname: 'host', username: '', created: '2026-11-20T00:00:00Z' },
    chunkerPolynomial: '25b468838dcb75',
  })
  writeContent(repository)
  const root = await storeListings(repository, packs)
  const made = repository.over(withMadePacks(repository.storage))
  // What the first plan takes, it takes once: it needs nothing.
  await planPrune(made, { limits: DEFAULT_LIMITS, workers: 1 })
  await storeSnapshot(repository, root)
  const prunes: object[] = []
  if (scene === 'move') {
    prunes.push(await prune(made, { repackSmall: true, grace: 48 * HOUR }))
    prunes.push(await prune(made, { grace: 0 }))
  } else prunes.push(await prune(made, {}))
  process.stdout.write(JSON.stringify(prunes))
} finally {
  closeSync(content)
  rmSync(home, { recursive: true })
}
