import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DEFAULT_LIMITS, planPrune, type PrunePlan } from '../../../../../core/maintenance/index.ts'
import { initRepository, type Repository } from '../../../../../core/repository/index.ts'
import { changeStorage, openDirectoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { storeSnapshot } from '../../../../support/craft.ts'
import { writeMadeId } from '../../repository/index/made-id.ts'
import { type MadePacks, packFileBytes, packName, packNumbers, rest, storeListings } from './made-packs.ts'

// Stores index files that list as many blobs as the first argument says, in packs of as many as the second says, or of a
// thousand, and a snapshot that needs all of them; the storage says that the packs are there. A tenth is listed in two packs.
// Plans a prune, and prints how much more memory the process held at any moment of it than before.

const blobs = Number(process.argv[2])
const blobsAPack = Number(process.argv[3] ?? 1000)
const packs: MadePacks = {
  count: blobs / blobsAPack,
  blobsAPack,
  blobBytes: 100,
  idOfBlob: (blob) => writeMadeId(blob, Buffer.alloc(32)),
  hasCopy: (pack) => pack % 10 === 0,
}
const home = mkdtempSync(join(tmpdir(), 'holdfast-plan-'))

/** The most resident memory since it was last asked. */
function mostResident(): number {
  const most = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  // proc_pid_clear_refs(5): the peak begins anew.
  writeFileSync('/proc/self/clear_refs', '5')
  return Number(most) * 1024
}

/** The same storage, which says that it has these packs, too, that have the length that their list promises. */
function withMadePacks(storage: Storage): Storage {
  return changeStorage(storage, {
    async *list(kind, options) {
      yield* storage.list(kind, options)
      if (kind !== 'pack') return
      for (const number of packNumbers(packs)) yield { name: packName(number), size: packFileBytes(packs) }
    },
  })
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
  const root = await storeListings(repository, packs)
  const made = repository.over(withMadePacks(repository.storage))
  // What the first plan takes, it takes once: it needs nothing.
  await plan(made)
  await storeSnapshot(repository, root)
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
