import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { openRepository, type Repository } from '../../core/repository/index.ts'
import type { FileKind } from '../../core/storage/index.ts'
import { checkRepository, type CheckOutcome } from '../support/check-repository.ts'
import { type Damage, flip, flips, losses } from '../support/damage.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { useSmallRepository, PASSWORD, readFiles } from '../support/small-repository.ts'
import { type Change, readStored, storageOf, type StoredFiles, withChanges } from '../support/stored-files.ts'

/** Each title of a case in a failure's message names the file and the bit. */
const RANDOM_FLIPS = 30
const AT_ONCE = 3

/** What is done to a repository at a time. */
type Case = readonly Damage[]

describe(`a damaged repository (HOLDFAST_SEED=${SEED})`, () => {
  const small = useSmallRepository()
  let files: StoredFiles
  /** By path from the snapshot's root. */
  let originals: Map<string, Buffer>
  let treePacks: Set<string>

  beforeAll(async () => {
    const { repository, source } = small
    await repository.saveDocument('lock', Buffer.from('{"time":"2026-01-02T03:04:05Z","hostname":"other","pid":1}'))
    files = await readStored(repository.storage)
    originals = new Map([...(await readFiles(source))].map(([path, content]) => [join(source, path), content]))
    treePacks = new Set(small.packsOf('tree'))
  })

  async function damaged(changes: readonly Change[]): Promise<Repository> {
    return small.repository.over(await storageOf(withChanges(files, changes)))
  }

  function flipsOf(kind: FileKind): Damage[] {
    return [...files[kind]].flatMap(([name, body]) => flips(kind, name, body, small.repository.masterKey, SEED))
  }

  function lossesOf(kind: FileKind): Damage[] {
    return [...files[kind]].flatMap(([name, body]) => losses(kind, name, body, small.repository.masterKey))
  }

  /**
   * One damage to each of several packs at a time, which takes half the time. Packs of trees stay among themselves:
   * behind a damaged folder nobody sees what else is damaged.
   */
  function together(damages: readonly Damage[]): Case[] {
    return [...Map.groupBy(damages, ({ name }) => treePacks.has(name)).values()].flatMap((some) => {
      const packs = [...Map.groupBy(some, ({ name }) => name).values()]
      const most = Math.max(...packs.map(({ length }) => length))
      return Array.from({ length: most }, (_, at) => packs.flatMap((pack) => pack[at] ?? []))
    })
  }

  /** Restores the newest snapshot. Names what is wrong and was not said, and what was foretold and is not so. */
  async function misrestored(repository: Repository, { affected }: CheckOutcome): Promise<string[]> {
    const [, newest] = small.snapshots
    const { files: restored, lost } = await restoreRepository(repository, newest, small.home)
    const wrongs: string[] = []
    for (const [path, content] of originals) {
      const isGood = restored.get(path)?.equals(content) ?? false
      if (!isGood && !isAmong(path, lost)) wrongs.push(`${path} is not what it was, and nobody said so`)
    }
    for (const path of restored.keys()) if (!originals.has(path)) wrongs.push(`${path} came from nowhere`)
    const foretold = new Set(affected.filter(({ snapshot }) => snapshot === newest).map(({ path }) => path.toString()))
    for (const path of foretold) if (!lost.has(path)) wrongs.push(`${path} was said to be lost and is not`)
    for (const path of lost) if (!foretold.has(path)) wrongs.push(`${path} is lost, which the check did not say`)
    return wrongs
  }

  async function judgeCheck(damages: Case): Promise<string[]> {
    return unfound(damages, await checkRepository(await damaged(damages)))
  }

  async function judgeCheckAndRestore(damages: Case): Promise<string[]> {
    const repository = await damaged(damages)
    const outcome = await checkRepository(repository)
    return [...unfound(damages, outcome), ...(await misrestored(repository, outcome))]
  }

  /** Only the right master key may open it, and what is damaged has to be named. */
  async function judgeOpening(damages: Case): Promise<string[]> {
    try {
      const opened = await openRepository(await storageOf(withChanges(files, damages)), PASSWORD)
      const isSame = Buffer.from(opened.masterKey.encrypt).equals(small.repository.masterKey.encrypt)
      return isSame
        ? unfound(damages, await checkRepository(opened, { read: { type: 'none' } }))
        : ['it gave another key']
    } catch (error) {
      if (!(error instanceof CoreError)) return [`it ended with ${String(error)}`]
      const saysWhich = damages.some(({ kind, name, how }) =>
        error.message.includes(kind === 'config' || how === 'remove' ? kind : name.slice(0, 8)),
      )
      const isClear = error.safety !== undefined && error.remedy !== undefined
      return saysWhich && isClear ? [] : [`it ended with: ${error.message}`]
    }
  }

  it('is known by its config, whatever happened to that', async () => {
    expect(await misjudged([...flipsOf('config'), ...lossesOf('config')].map(alone), judgeOpening)).toEqual([])
  })

  it('opens by a damaged key only if that gives the right key, and says so', async () => {
    expect(await misjudged([...flipsOf('key'), ...lossesOf('key')].map(alone), judgeOpening)).toEqual([])
  })

  it('does not open with a config where its key should be, or the reverse', async () => {
    const [[name, key]] = present([...files.key])
    const [config] = present([...files.config.values()])
    const cases: Damage[] = [
      { kind: 'key', name, body: config, how: 'swap', title: 'holds the config' },
      { kind: 'config', name: '', body: key, how: 'swap', title: 'holds the key' },
    ]
    expect(await misjudged(cases.map(alone), judgeOpening)).toEqual([])
  })

  it('has each damaged lock found', async () => {
    const damages = [...flipsOf('lock'), ...lossesOf('lock').filter(({ how }) => how !== 'remove')]
    expect(await misjudged(damages.map(alone), judgeCheck)).toEqual([])
  })

  it('has each damaged snapshot found', async () => {
    const damages = [...flipsOf('snapshot'), ...lossesOf('snapshot').filter(({ how }) => how !== 'remove')]
    expect(await misjudged(damages.map(alone), judgeCheck)).toEqual([])
  })

  it('has each damaged index found, and restores what the others know', async () => {
    const damages = [...flipsOf('index'), ...lossesOf('index').filter(({ how }) => how !== 'remove')]
    expect(await misjudged(damages.map(alone), judgeCheckAndRestore)).toEqual([])
  })

  it('shows a removed index by what is then missing', async () => {
    const damages = lossesOf('index').filter(({ how }) => how === 'remove')
    const wrongs = await misjudged(damages.map(alone), async (removed) => {
      const repository = await damaged(removed)
      const outcome = await checkRepository(repository)
      const kinds = new Set(outcome.findings.map(({ kind }) => kind))
      const isFound = kinds.has('pack-unlisted') && (kinds.has('tree-missing') || kinds.has('content-missing'))
      return [...(isFound ? [] : ['it was not found']), ...(await misrestored(repository, outcome))]
    })
    expect(wrongs).toEqual([])
  })

  it('has each flipped bit of a pack found, and restores nothing wrong', async () => {
    expect(await misjudged(together(flipsOf('pack')), judgeCheckAndRestore)).toEqual([])
  })

  it('has each pack that was cut off, grew, was emptied or removed found, and restores nothing wrong', async () => {
    expect(await misjudged(together(lossesOf('pack')), judgeCheckAndRestore)).toEqual([])
  })

  it('has any flipped bit found, and restores nothing wrong', async () => {
    const chance = seededChance(SEED)
    const cases = Array.from({ length: RANDOM_FLIPS }, () => {
      const kind = RESTORABLE[chance.below(RESTORABLE.length)] ?? 'pack'
      const [name, body] = [...files[kind]][chance.below(files[kind].size)] ?? expect.unreachable()
      return [flip(kind, name, body, chance.below(body.length * 8), 'it')]
    })
    expect(await misjudged(cases, judgeCheckAndRestore)).toEqual([])
  })

  it('has files found that hold what belongs into another', async () => {
    const cases = [...RESTORABLE, 'snapshot' as const].map((kind) => {
      const [[nameA, bodyA], [nameB, bodyB]] = [...files[kind]] as [[string, Buffer], [string, Buffer]]
      return [
        { kind, name: nameA, body: bodyB, how: 'swap' as const, title: 'holds another' },
        { kind, name: nameB, body: bodyA, how: 'swap' as const, title: 'holds the other' },
      ]
    })
    expect(
      await misjudged(cases, (damages) =>
        damages[0]?.kind === 'snapshot' ? judgeCheck(damages) : judgeCheckAndRestore(damages),
      ),
    ).toEqual([])
  })
})

function unfound(damages: Case, { findings }: CheckOutcome): string[] {
  const names = new Set(findings.filter(({ severity }) => severity === 'damage').map(({ object }) => object.name))
  return damages.filter(({ name }) => !names.has(name)).map(({ kind }) => `the ${kind} was not found`)
}

/** Judges each case, some at a time, and returns what was not as it should be. */
async function misjudged(cases: readonly Case[], judge: (damages: Case) => Promise<string[]>): Promise<string[]> {
  expect(cases.length).toBeGreaterThan(0)
  const left = cases.values()
  const wrongs: string[] = []
  async function lane(): Promise<void> {
    for (const damages of left) {
      const title = damages.map(({ kind, name, title: how }) => `${kind} ${name.slice(0, 8)} ${how}`).join(' and ')
      for (const wrong of await judge(damages)) wrongs.push(`${title}: ${wrong}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return wrongs
}

/** Kinds that may be damaged while the newest snapshot can still be asked for. */
const RESTORABLE = ['pack', 'index'] as const

function alone(damage: Damage): Case {
  return [damage]
}

function present<T>(values: readonly T[]): [T] {
  const [first] = values
  if (first === undefined) throw new Error('there is none')
  return [first]
}

/** Whether the path, or a folder above it, was named. */
function isAmong(path: string, lost: ReadonlySet<string>): boolean {
  return [...lost].some((each) => each === '/' || path === each || path.startsWith(`${each}/`))
}
