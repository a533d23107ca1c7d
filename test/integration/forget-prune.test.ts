import { beforeAll, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import type { ForgetOptions } from '../../core/cli/repo/forget/forget-options.ts'
import { forgetSession } from '../../core/cli/repo/forget/forget-session.ts'
import { executePrune, planPrune, DEFAULT_LIMITS } from '../../core/maintenance/index.ts'
import type { Repository } from '../../core/repository/index.ts'
import { changeStorage, type FileKind, type Storage } from '../../core/storage/index.ts'
import { pruneAt } from '../support/prune.ts'
import { recordOutput, type RecordedOutput } from '../support/recorded-output.ts'
import { useSmallRepository } from '../support/small-repository.ts'
import { snapshotContents } from '../support/snapshot-contents.ts'
import { readStored, storageOf, withChanges } from '../support/stored-files.ts'

/** A storage that removes no file of this kind and these names, as one with object lock. */
function keeping(storage: Storage, kind: FileKind, names: readonly string[]): Storage {
  return changeStorage(storage, {
    remove: (handle, options) =>
      handle.kind === kind && names.includes(handle.name)
        ? Promise.reject(new CoreError('storage/refused', `${handle.name.slice(0, 10)} is locked.`))
        : storage.remove(handle, options),
  })
}

async function namesOf(storage: Storage, kind: FileKind): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of storage.list(kind)) names.push(name)
  return names.toSorted()
}

function unexpected(): never {
  return expect.unreachable()
}

async function forget(
  repository: Repository,
  ids: readonly string[],
  options: ForgetOptions = {},
): Promise<RecordedOutput & { readonly code: number }> {
  const recorded = recordOutput()
  const { output } = recorded
  const session = {
    output,
    repository,
    signal: new AbortController().signal,
    lock: undefined,
    presentPacks: undefined,
  }
  return { ...recorded, code: await forgetSession(session, ids, undefined, options) }
}

/** And no line of a table. */
function isSentence(line: string): boolean {
  return line.endsWith('.')
}

describe('forget, and the prune that it does', () => {
  const small = useSmallRepository()
  let contents: ReadonlyMap<string, string>
  beforeAll(async () => {
    contents = await snapshotContents(small.repository)
  })

  async function fresh(change: (storage: Storage) => Storage = (same) => same): Promise<Repository> {
    return small.repository.over(change(await storageOf(small.files)))
  }

  it('keeps all that a snapshot needs which could not be removed', async () => {
    const [first, second] = small.snapshots
    const repository = await fresh((storage) => keeping(storage, 'snapshot', [second]))
    const { code, told } = await forget(repository, [first, second], { prune: true, yes: true })
    expect(code).toBe(3)
    expect(told.find(({ message_type: type }) => type === 'summary')).toMatchObject({ removed: 1, failed: 1 })
    expect(await snapshotContents(repository)).toEqual(new Map([[second, contents.get(second)]]))
  })

  it('stops before the last snapshot goes with all that is stored, until a person says yes', async () => {
    const repository = await fresh()
    await expect(forget(repository, small.snapshots, { prune: true })).rejects.toMatchObject({
      code: 'policy/unconfirmed',
      message: expect.stringContaining('no snapshot would be left, so all 4 packs of') as unknown,
      safety: 'Nothing was removed.',
    })
    const { said } = await forget(repository, small.snapshots, { prune: true, dryRun: true })
    expect(said.find((line) => line.startsWith('Without --yes this stops'))).toBeDefined()
    expect(await readStored(repository.storage)).toEqual(small.files)
    expect((await forget(repository, small.snapshots, { prune: true, yes: true })).code).toBe(0)
    expect(await namesOf(repository.storage, 'pack')).toEqual([])
  })

  it('says how many of those that were to go could not be removed', async () => {
    const [first, second] = small.snapshots
    const some = await fresh((storage) => keeping(storage, 'snapshot', [second]))
    const none = await fresh((storage) => keeping(storage, 'snapshot', [first, second]))
    expect((await forget(some, [first, second])).said.filter(isSentence)).toEqual([
      'Removed 1 of 2 snapshots, 1 could not be removed. What only they needed goes with the next prune.',
    ])
    expect((await forget(none, [first, second])).said.filter(isSentence)).toEqual([
      'Removed 0 of 2 snapshots, 2 could not be removed.',
    ])
    // Nothing became unused.
    expect((await forget(none, [first], { prune: true })).said.filter(isSentence)).toEqual([
      'Removed 0 of 1 snapshot, 1 could not be removed.',
    ])
  })

  it('promises the next prune only where it does not prune itself', async () => {
    const [first] = small.snapshots
    const line = (await forget(await fresh(), [first], { prune: true })).said.find(isSentence)
    expect(line).toBe('Removed 1 snapshot.')
    expect((await forget(await fresh(), [first])).said.filter(isSentence)).toEqual([
      'Removed 1 snapshot. What only they needed goes with the next prune.',
    ])
  })

  it('names packs that could not be removed, and the next prune removes them', async () => {
    const [, second] = small.snapshots
    const names = await packsOnlyOf(second)
    const all = await storageOf(small.files)
    const repository = small.repository.over(keeping(all, 'pack', names))
    const { code, told } = await forget(repository, [second], { prune: true })
    expect(code).toBe(3)
    expect(told.at(-1)).toMatchObject({ message_type: 'summary', packs_removed: 0, packs_failed: names.length })
    expect(await namesOf(all, 'pack')).toEqual(expect.arrayContaining(names))
    expect([...(await snapshotContents(repository)).keys()]).toEqual([small.snapshots[0]])
    const { done } = await pruneAt(small.repository.over(all), Date.parse('2026-11-22T00:00:00Z'))
    expect(done.packsRemoved).toBe(names.length)
    expect(await namesOf(all, 'pack')).not.toEqual(expect.arrayContaining(names))
  })

  it('lets packs wait where a grace is given', async () => {
    const [, second] = small.snapshots
    const repository = await fresh()
    const { told } = await forget(repository, [second], { prune: true, grace: 3_600_000 })
    expect(told.find(({ message_type: type, packs_removed: packs }) => type === 'summary' && packs === 0)).toBeDefined()
    const plan = told.find(({ message_type: type }) => type === 'plan') as Record<string, number>
    // All is there still, and what waits besides what was put into new packs.
    expect(plan['bytes_waiting']).toBeGreaterThan(0)
    expect(plan['bytes_after']).toBeGreaterThanOrEqual(plan['bytes_before'] ?? 0)
    const left = await planPrune(repository, { limits: { ...DEFAULT_LIMITS, grace: 3_600_000 }, workers: 1 })
    expect(left.summary.waiting.bytes).toBe(plan['bytes_waiting'])
    expect(left.summary).toMatchObject({ bytesAfter: left.summary.bytesBefore, bytesWaiting: plan['bytes_waiting'] })
  })

  it('removes no snapshot where the prune cannot be planned, and says so', async () => {
    const [first, second] = small.snapshots
    const [index = ''] = small.files.index.keys()
    const damaged = Buffer.from('not an index')
    const repository = small.repository.over(
      await storageOf(withChanges(small.files, [{ kind: 'index', name: index, body: damaged }])),
    )
    await expect(forget(repository, [first], { prune: true })).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(await namesOf(repository.storage, 'snapshot')).toEqual([first, second].toSorted())

    const format1 = { ...repository, config: { ...repository.config, version: 1 as const } }
    await expect(forget(format1, [first], { prune: true })).rejects.toMatchObject({
      code: 'repository/unsupported',
      safety: 'Nothing was changed.',
    })
    expect(await namesOf(repository.storage, 'snapshot')).toEqual([first, second].toSorted())
  })

  it('says what was removed where what is left cannot be planned anew', async () => {
    const [first, second] = small.snapshots
    // Only the snapshot that is to go, and cannot, needs what is missing.
    const needed = await packsOnlyOf(second)
    const missing = needed.map((name) => ({ kind: 'pack' as const, name, body: undefined }))
    const repository = small.repository.over(
      keeping(await storageOf(withChanges(small.files, missing)), 'snapshot', [second]),
    )
    await expect(forget(repository, [first, second], { prune: true, yes: true })).rejects.toMatchObject({
      code: 'repository/damaged',
      safety: expect.stringMatching(/^1 snapshot was removed, as told\. Nothing else was changed\./) as unknown,
    })
    expect(await namesOf(repository.storage, 'snapshot')).toEqual([second])
  })

  /** Packs that go when all other snapshots stay. */
  async function packsOnlyOf(snapshot: string): Promise<string[]> {
    const repository = await fresh()
    const { decisions, inventory } = await planPrune(repository, {
      limits: DEFAULT_LIMITS,
      workers: 1,
      without: new Set([snapshot]),
    })
    const going = [...decisions].filter(({ action }) => action === 'remove')
    expect(going.length).toBeGreaterThan(0)
    return going.map(({ use: { pack } }) => inventory.ledger.nameOf(pack))
  }

  it('shows in a dry run what would go, and removes nothing', async () => {
    const repository = await fresh()
    const { told } = await forget(repository, [small.snapshots[1]], { prune: true, dryRun: true })
    expect(told.find(({ message_type: type }) => type === 'plan')).toMatchObject({ snapshots: 1 })
    expect(await readStored(repository.storage)).toEqual(small.files)
  })

  it('removes nothing by a plan that does not count a snapshot which is there', async () => {
    const repository = await fresh()
    const plan = await planPrune(repository, {
      limits: DEFAULT_LIMITS,
      workers: 1,
      without: new Set([small.snapshots[1]]),
    })
    const executing = executePrune(repository, plan, {
      workers: 1,
      onSpared: unexpected,
      onReplaced: unexpected,
      onFailed: unexpected,
    })
    await expect(executing).rejects.toMatchObject({ safety: 'Nothing was changed.' })
    expect(await namesOf(repository.storage, 'pack')).toEqual([...small.files.pack.keys()].toSorted())
  })
})
