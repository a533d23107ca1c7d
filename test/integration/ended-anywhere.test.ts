import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  leaveOut,
  loadStoredBlobs,
  planIndexRepair,
  planPackRepair,
  removeSnapshots,
  repairIndex,
  repairPacks,
  rewriteSnapshots,
} from '../../core/maintenance/index.ts'
import { initRepository, type Repository } from '../../core/repository/index.ts'
import { createRestoreSelection } from '../../core/selection/index.ts'
import { loadSnapshots } from '../../core/snapshot/index.ts'
import { openMemoryStorage } from '../../core/storage/index.ts'
import { dieAfter } from '../support/dying-storage.ts'
import { pruneAt } from '../support/prune.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { backUpFolder } from '../support/small-repository.ts'
import { snapshotContents } from '../support/snapshot-contents.ts'
import { notRenewed, snapshotFiles, type SnapshotFiles } from '../support/snapshot-files.ts'
import { readStored, type StoredFiles, storageOf } from '../support/stored-files.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const HOUR = 3_600_000

/** Work on a repository that may be ended at any moment. */
interface Work {
  readonly title: string
  /** Done before, and not ended. */
  readonly before?: (repository: Repository) => Promise<void>
  readonly run: (repository: Repository) => Promise<unknown>
  /** Makes snapshots anew without files of this name: none may be gone without one that takes its place. */
  readonly without?: string
  /** Default: true. */
  readonly isSoundMeanwhile?: boolean
}

function fail(_: string, error: Error): never {
  throw error
}

const ALL_UNUSED = { maxUnused: { type: 'bytes', bytes: 0 } } as const

async function listAnew(repository: Repository): Promise<void> {
  await repairIndex(repository, await planIndexRepair(repository, { readAll: true }), {
    onUnreadable: (pack, reason) => fail(pack, new Error(reason)),
    onKept: (name) => fail(name, new Error('it was kept')),
    onFailed: fail,
  })
}

const WORKS: readonly Work[] = [
  { title: 'a prune', run: (repository) => pruneAt(repository, NOW, ALL_UNUSED) },
  {
    title: 'putting small packs together',
    run: (repository) => pruneAt(repository, NOW, { repackSmall: true }),
  },
  {
    title: 'a prune with a grace',
    run: (repository) => pruneAt(repository, NOW, { ...ALL_UNUSED, grace: 48 * HOUR }),
  },
  {
    title: 'a prune after the grace, of which something is needed again',
    async before(repository) {
      const [first] = (await loadSnapshots(repository)).toSorted((a, b) => Number(a.time.ns - b.time.ns))
      const handle = { kind: 'snapshot', name: first?.id ?? '' } as const
      const document = Buffer.from(await repository.storage.load(handle))
      await removeSnapshots(repository, [first?.id ?? ''], { onFailed: fail })
      await pruneAt(repository, NOW, { ...ALL_UNUSED, grace: 48 * HOUR })
      await repository.storage.save(handle, document)
    },
    run: (repository) => pruneAt(repository, NOW + 48 * HOUR, { ...ALL_UNUSED, grace: 48 * HOUR }),
    // Until it is taken back, restic does not find what it needs.
    isSoundMeanwhile: false,
  },
  {
    title: 'making the index anew from all headers',
    run: listAnew,
  },
  {
    title: 'saving what is in packs',
    async run(repository) {
      const names: string[] = []
      for await (const { name } of repository.storage.list('pack')) names.push(name)
      const plan = await planPackRepair(repository, names.slice(0, 4))
      await repairPacks(repository, plan, {
        workers: 2,
        now: NOW,
        evenUnread: false,
        onPack: () => undefined,
      })
    },
  },
  {
    title: 'making snapshots anew',
    async run(repository) {
      const snapshots = await loadSnapshots(repository)
      const rewritten = await rewriteSnapshots(repository, await loadStoredBlobs(repository), snapshots, {
        rewriting: leaveOut(createRestoreSelection({ excludes: ['f1'] })),
        tag: 'rewrite',
        dryRun: false,
      })
      const old = rewritten.flatMap(({ snapshot, state }) => (state === 'changed' ? [snapshot.id] : []))
      await removeSnapshots(repository, old, { onFailed: fail })
    },
    without: 'f1',
  },
]

describe('a repository that is looked after', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-ended-'))
  let made: Repository
  let files: StoredFiles
  /** What snapshots hold, the oldest first. */
  let contents: ReadonlyMap<string, string>
  let snapshots: readonly SnapshotFiles[]

  beforeAll(async () => {
    made = await initRepository(openMemoryStorage(), {
      password: 'ended',
      owner: { hostname: 'host', username: '', created: '2026-11-20T00:00:00Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    const ids: string[] = []
    for (let round = 0; round < 4; round++) {
      for (let file = 0; file < 4; file++) {
        mkdirSync(join(home, `d${file % 2}`), { recursive: true })
        const version = file === 0 ? 0 : Math.floor(round / file)
        writeFileSync(
          join(home, `d${file % 2}`, `f${file}`),
          seededChance(file * 10 + version).fill(Buffer.alloc(9000)),
        )
      }
      ids.push(await backUpFolder(made, home))
    }
    await removeSnapshots(made, ids.slice(0, 2), { onFailed: fail })
    // One index file of all packs: those that stay stand beside those that go.
    await listAnew(made)
    const all = await snapshotContents(made)
    contents = new Map(ids.slice(2).map((id) => [id, all.get(id) ?? '']))
    snapshots = await snapshotFiles(made)
    files = await readStored(made.storage)
  })
  afterAll(() => rmSync(home, { recursive: true }))

  async function expectSound(repository: Repository, without: string | undefined): Promise<void> {
    expect((await planIndexRepair(repository, { readAll: false })).missing).toEqual([])
    const left = await snapshotContents(repository)
    for (const [id, content] of contents) {
      if (left.has(id) || without === undefined) expect(left.get(id)).toBe(content)
    }
    if (without !== undefined) expect(notRenewed(snapshots, await snapshotFiles(repository), without)).toEqual([])
  }

  it.each(WORKS)(
    'loses nothing wherever $title is ended',
    async ({ before, run, without, isSoundMeanwhile = true }) => {
      const start = async (): Promise<Repository> => {
        const repository = made.over(await storageOf(files))
        await before?.(repository)
        return repository
      }
      const whole = await start()
      const counted = dieAfter(whole.storage, Number.POSITIVE_INFINITY)
      await run(whole.over(counted.storage))
      await expectSound(whole, without)
      expect(counted.changes).toBeGreaterThan(1)
      for (let changes = 0; changes < counted.changes; changes++) {
        const repository = await start()
        const dying = dieAfter(repository.storage, changes)
        const end = await run(repository.over(dying.storage)).catch((error: unknown) => error)
        // Threads share their work otherwise each time: now and then there is a change less to be made.
        if (dying.changes > changes) expect(end).toBeInstanceOf(Error)
        if (isSoundMeanwhile) await expectSound(repository, without)
        // What was left is no obstacle.
        await run(repository)
        await expectSound(repository, without)
      }
    },
  )
})
