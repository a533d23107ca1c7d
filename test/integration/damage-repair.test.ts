import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import {
  findDamagedPacks,
  leaveOutLost,
  loadStoredBlobs,
  planIndexRepair,
  planPackRepair,
  removeSnapshots,
  repairIndex,
  repairPacks,
  rewriteSnapshots,
} from '../../core/maintenance/index.ts'
import { createSealer, type HeaderEntry, readPackHeader, type Repository } from '../../core/repository/index.ts'
import { loadSnapshots } from '../../core/snapshot/index.ts'
import type { FileKind } from '../../core/storage/index.ts'
import { checkRepository } from '../support/check-repository.ts'
import { storeIndex, storePack } from '../support/craft.ts'
import { type Damage, flips, losses } from '../support/damage.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { useSmallRepository, readFiles } from '../support/small-repository.ts'
import { readStored, storageOf, type StoredFiles, withChanges } from '../support/stored-files.ts'

/** Of each kind, drawn by the seed: each starts threads five times. HOLDFAST_CASES=1000 does them all. */
const MOST_CASES = Number(process.env['HOLDFAST_CASES'] ?? 12)

function unexpected(id: string, error: unknown): never {
  throw new Error(`${id} could not be removed`, { cause: error })
}

/** What is done to a repository at a time. */
type Case = readonly Damage[]

/** What was named as not to be had any more: paths, and packs of which blobs are lost. */
interface Named {
  readonly paths: Set<string>
  readonly packs: Set<string>
  readonly snapshots: Set<string>
}

/** All that `holdfast repo repair` has, in the order that its help gives. */
async function repairAll(repository: Repository): Promise<Named> {
  const named: Named = { paths: new Set(), packs: new Set(), snapshots: new Set() }
  await repairIndex(repository, await planIndexRepair(repository, { readAll: false }), {
    onUnreadable: (pack) => named.packs.add(pack),
    onKept: (index) => unexpected(index, undefined),
    onFailed: unexpected,
  })
  const { damaged } = await findDamagedPacks(repository, { workers: 1 })
  await repairPacks(repository, await planPackRepair(repository, damaged), {
    workers: 1,
    now: 0,
    evenUnread: false,
    onPack: ({ name, lost }) => lost > 0 && named.packs.add(name),
  })
  const snapshots = await loadSnapshots(repository, { onUnreadable: (id) => named.snapshots.add(id) })
  const blobs = await loadStoredBlobs(repository)
  const rewritten = await rewriteSnapshots(repository, blobs, snapshots, {
    rewriting: leaveOutLost(repository, blobs, {
      onFile: (path) => named.paths.add(path),
      onFolder: (path) => named.paths.add(path),
      onWaiting: () => undefined,
      onDisk: (path) => named.paths.add(path),
      onDiskLeft: (path) => named.paths.add(path),
      onFolderLeft: (path) => named.paths.add(path),
    }),
    tag: 'repaired',
    dryRun: false,
  })
  for (const { snapshot, state } of rewritten) if (state === 'lost') named.snapshots.add(snapshot.id)
  const old = rewritten.filter(({ state }) => state !== 'same').map(({ snapshot }) => snapshot.id)
  await removeSnapshots(repository, [...new Set([...old, ...named.snapshots])], { onFailed: unexpected })
  return named
}

/** One damage to each of several files at a time, which takes a part of the time. */
function together(damages: readonly Damage[]): Case[] {
  const byFile = [...Map.groupBy(damages, ({ name }) => name).values()]
  const most = Math.max(...byFile.map(({ length }) => length))
  return Array.from({ length: most }, (_, at) => byFile.flatMap((some) => some[at] ?? []))
}

/** Judges each case, and returns what is not as it should be. */
async function misjudged(
  cases: readonly Case[],
  judge: (damages: Case) => Promise<readonly string[]>,
): Promise<string[]> {
  expect(cases.length).toBeGreaterThan(5)
  const wrongs: string[] = []
  const chance = seededChance(SEED)
  const drawn = cases.map((damages) => ({ damages, rank: chance.fraction() })).toSorted((a, b) => a.rank - b.rank)
  const left = drawn.slice(0, MOST_CASES).values()
  async function lane(): Promise<void> {
    for (const { damages } of left) {
      const title = damages.map(({ kind, name, title: how }) => `${kind} ${name.slice(0, 8)} ${how}`).join(' and ')
      for (const wrong of await judge(damages)) wrongs.push(`${title}: ${wrong}`)
    }
  }
  await Promise.all([lane(), lane(), lane()])
  return wrongs
}

describe(`a damaged repository that is repaired (HOLDFAST_SEED=${SEED})`, () => {
  const small = useSmallRepository()
  /** The same with every blob in a second pack, too. */
  let doubled: StoredFiles
  let originals: Map<string, Buffer>
  const entries = new Map<string, readonly HeaderEntry[]>()
  const treePacks = new Set<string>()

  beforeAll(async () => {
    const { repository, source } = small
    originals = new Map([...(await readFiles(source))].map(([path, content]) => [join(source, path), content]))
    const sealer = createSealer(repository.masterKey)
    const copy = await small.copy()
    const index = await copy.loadIndex({ purpose: 'read' })
    for (const [name, body] of small.files.pack) {
      entries.set(name, readPackHeader(body, sealer))
      if (entries.get(name)?.some(({ type }) => type === 'tree')) treePacks.add(name)
      const blobs = await Promise.all(
        (entries.get(name) ?? []).map(async ({ type, id }) => ({ type, plain: await copy.loadBlob(index, type, id) })),
      )
      await storeIndex(copy, await storePack(copy, blobs))
    }
    doubled = await readStored(copy.storage)
  })

  function damagesOf(kind: FileKind): Damage[] {
    const { masterKey } = small.repository
    return [...small.files[kind]].flatMap(([name, body]) =>
      flips(kind, name, body, masterKey, SEED).concat(losses(kind, name, body, masterKey)),
    )
  }

  /** Blobs of which a byte is not there any more as it was. */
  function lostOf({ name, body }: Damage): readonly HeaderEntry[] {
    const before = small.files.pack.get(name) ?? Buffer.alloc(0)
    const after = body ?? Buffer.alloc(0)
    return (entries.get(name) ?? []).filter(({ offset, length }) => {
      const end = offset + length
      return !before.subarray(offset, end).equals(after.subarray(offset, end))
    })
  }

  interface Repaired {
    readonly repository: Repository
    readonly named: Named
    /** Kinds of damage that a check finds after it. */
    readonly left: readonly string[]
    /** Files of the newest snapshot that are not what they were. */
    readonly changed: readonly string[]
  }

  async function repaired(of: StoredFiles, damages: readonly Damage[]): Promise<Repaired> {
    const repository = small.repository.over(await storageOf(withChanges(of, damages)))
    const named = await repairAll(repository)
    const { findings } = await checkRepository(repository)
    const left = findings.filter(({ severity }) => severity === 'damage').map(({ kind }) => kind)
    const snapshots = await loadSnapshots(repository)
    const newest = snapshots.toSorted((a, b) => (a.time.ns < b.time.ns ? 1 : -1))[0]
    const { files: back } = newest
      ? await restoreRepository(repository, newest.id, small.home)
      : { files: new Map<string, Buffer>() }
    const changed = [...originals].filter(([path, content]) => !back.get(path)?.equals(content)).map(([path]) => path)
    return { repository, named, left, changed }
  }

  function mended({ left, changed, named }: Repaired): string[] {
    return [
      ...left.map((kind) => `${kind} is left`),
      ...changed.map((path) => `${path} is not what it was`),
      ...[...named.paths, ...named.snapshots].map((what) => `${what} was named as lost`),
    ]
  }

  it('has all of it back, whatever happened to an index file: the headers say it, too', async () => {
    expect(
      await misjudged(together(damagesOf('index')), async (damages) => mended(await repaired(small.files, damages))),
    ).toEqual([])
  })

  it('has all of it back, whatever happened to a pack whose blobs are stored twice', async () => {
    expect(
      await misjudged(together(damagesOf('pack')), async (damages) => mended(await repaired(doubled, damages))),
    ).toEqual([])
  })

  it('has all of it back of a pack of which only the header is damaged, or that has grown', async () => {
    const harmless = damagesOf('pack').filter((damage) => lostOf(damage).length === 0)
    expect(
      await misjudged(together(harmless), async (damages) => mended(await repaired(small.files, damages))),
    ).toEqual([])
  })

  it('names what is lost of a pack, no more than that, and has the rest back', async () => {
    const harmful = damagesOf('pack').filter((damage) => lostOf(damage).length > 0)
    // Behind a lost folder nobody sees what else is lost: trees stay among themselves.
    const cases = [...Map.groupBy(harmful, ({ name }) => treePacks.has(name)).values()].flatMap(together)
    const wrongs = await misjudged(cases, async (damages) => {
      const { named, left, changed } = await repaired(small.files, damages)
      const paths = new Set([...named.paths].map((path) => Buffer.from(path, 'latin1').toString()))
      const isNamed = (path: string): boolean =>
        named.snapshots.size > 0 || [...paths].some((each) => path === each || path.startsWith(`${each}/`))
      const isData = damages.flatMap(lostOf).every(({ type }) => type === 'data')
      return [
        ...left.map((kind) => `${kind} is left`),
        ...changed.filter((path) => !isNamed(path)).map((path) => `${path} is not what it was, and nobody said so`),
        ...(isData && named.snapshots.size > 0 ? ['a snapshot was given up for data'] : []),
        ...(isData && changed.length + named.paths.size === 0 ? ['nothing was lost'] : []),
        ...damages
          .filter(({ body, name }) => body && !named.packs.has(name))
          .map(({ name }) => `pack ${name} was not named`),
      ]
    })
    expect(wrongs).toEqual([])
  })

  it('names snapshots that nobody can read, and keeps the others', async () => {
    const damages = damagesOf('snapshot').filter(({ how }) => how !== 'remove')
    const wrongs = await misjudged(
      damages.map((damage) => [damage]),
      async ([damage = expect.unreachable()]) => {
        const { repository, named, left } = await repaired(small.files, [damage])
        const kept = (await loadSnapshots(repository)).map(({ id }) => id)
        const others = small.snapshots.filter((id) => id !== damage.name)
        return [
          ...left.map((kind) => `${kind} is left`),
          ...(kept.join() === others.join() ? [] : [`there are ${kept.join()}`]),
          ...(named.snapshots.has(damage.name) && named.snapshots.size === 1 ? [] : ['it was not named']),
        ]
      },
    )
    expect(wrongs).toEqual([])
  })
})
