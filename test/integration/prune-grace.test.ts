import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { type Repository } from '../../core/repository/index.ts'
import { clockAhead } from '../support/clock-ahead.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { pruneAt } from '../support/prune.ts'
import { packsOf } from '../support/vault-files.ts'
import { idOf, messages, noise, openVault as open } from '../support/vault-runs.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A vault with two snapshots of a file that has nothing in common with what it was. */
async function vaultOfTwo(): Promise<{ vault: Vault; first: string; second: string }> {
  const vault = await makeVault()
  vault.write('old', noise(1, 400_000))
  const first = await idOf(vault.backUp(['--workers', '1']))
  vault.write('old', noise(2, 300_000))
  const second = await idOf(vault.backUp(['--workers', '1']))
  return { vault, first, second }
}

describe('a prune with a grace', () => {
  const NOW = Date.parse('2026-11-22T00:00:00Z')
  const grace = 48 * HOUR
  let vault: Vault
  let repository: Repository
  let first: string
  beforeEach(async () => {
    ;({ vault, first } = await vaultOfTwo())
    repository = await open(vault)
  })

  it('takes packs out of the index first, and removes them when the grace is over', async () => {
    const before = packsOf(vault)
    await vault.holdfast(['forget', first])
    const { plan } = await pruneAt(repository, NOW, { grace })
    expect(plan.summary.remove.packs).toBe(2)
    expect(packsOf(vault)).toEqual(before)
    expect((await pruneAt(repository, NOW + 47 * HOUR, { grace })).plan.summary.waiting.packs).toBe(2)
    expect(packsOf(vault)).toEqual(before)
    // Nobody takes them for something that is wrong.
    const { stdout } = await vault.holdfast(['check', '--read-data', '--json'])
    expect(messages(stdout, 'finding')).toEqual([])
    const last = await pruneAt(repository, NOW + grace, { grace })
    expect(last.plan.summary.due.packs).toBe(2)
    expect(packsOf(vault)).toHaveLength(before.length - 2)
    expect((await pruneAt(repository, NOW + 2 * grace, { grace })).plan.summary.waiting.packs).toBe(0)
  })

  it('takes back what a snapshot needs after all, which can be restored meanwhile, too', async () => {
    const snapshot = await repository.loadDocument('snapshot', first)
    await vault.holdfast(['forget', first])
    await pruneAt(repository, NOW, { grace })
    // Somebody who had read the index before refers to what was taken out of it since.
    const late = await repository.saveDocument('snapshot', snapshot)
    expect((await vault.contentOf('old', late)).equals(noise(1, 400_000))).toBe(true)
    const waits = await vault.holdfast(['check', '--read-data', '--json'])
    expect(waits.code).toBe(1)
    expect(messages(waits.stdout, 'finding').map(({ kind, restorable }) => [kind, restorable])).toEqual([
      ['pack-needed', 'all'],
      ['pack-needed', 'all'],
    ])
    expect(messages(waits.stdout, 'affected')).toEqual([])
    const told = await vault.holdfast(['check'])
    expect(told.stderr).toContain('All of it can be restored by Holdfast; `holdfast repo prune` mends it.')
    expect(told.stderr).not.toContain('run no prune')
    const { plan } = await pruneAt(repository, NOW + 100 * HOUR, { grace })
    expect(plan.summary).toMatchObject({ takeBack: { packs: 2 }, due: { packs: 0 } })
    expect((await pruneAt(repository, NOW + 300 * HOUR, { grace })).plan.summary.takeBack.packs).toBe(0)
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
    expect((await vault.contentOf('old', late)).equals(noise(1, 400_000))).toBe(true)
  })

  it('lets nobody think that all is well where every snapshot is gone', async () => {
    for (const name of readdirSync(join(vault.path, 'snapshots'))) rmSync(join(vault.path, 'snapshots', name))
    expect((await vault.holdfast(['prune', '--yes', '--grace', '48h'])).code).toBe(0)
    const { code, stdout, stderr } = await vault.holdfast(['check'])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^Of these packs \d are to be removed by a later `holdfast repo prune`\.$/m)
    expect(stderr).toContain('There is data, and no snapshot.')
    expect((await vault.holdfast(['prune', '--yes', '--grace', '0'])).code).toBe(0)
    expect((await vault.holdfast(['check'])).code).toBe(0)
  })

  it('stores anew what a backup needs of a pack that waits', async () => {
    await vault.holdfast(['forget', first])
    await pruneAt(repository, NOW, { grace })
    vault.write('old', noise(1, 400_000))
    const { summary } = await vault.backUp()
    expect(Number(summary['data_added'])).toBeGreaterThan(400_000)
    await pruneAt(repository, NOW + grace, { grace })
    expect((await vault.contentOf('old')).equals(noise(1, 400_000))).toBe(true)
  })

  it('lets packs wait, too, that no index lists, and keeps what is listed by then', async () => {
    const name = hash('sha256', 'left')
    mkdirSync(join(vault.path, 'data', name.slice(0, 2)), { recursive: true })
    writeFileSync(join(vault.path, 'data', name.slice(0, 2), name), 'left')
    await pruneAt(repository, NOW, { grace })
    expect(packsOf(vault)).toContain(name)
    expect((await pruneAt(repository, NOW + HOUR, { grace })).plan.summary).toMatchObject({
      unlisted: { packs: 0 },
      waiting: { packs: 1 },
    })
    await pruneAt(repository, NOW + grace, { grace })
    expect(packsOf(vault)).not.toContain(name)
  })

  it('keeps what it promised, whoever prunes without one or with a shorter one', async () => {
    await vault.holdfast(['forget', first])
    const packs = packsOf(vault)
    expect((await pruneAt(repository, NOW, { grace })).plan.summary.waitsUntil).toEqual({
      first: NOW + grace,
      last: NOW + grace,
    })
    // What becomes unused meanwhile goes at once, as no grace is asked for.
    vault.write('old', noise(3, 200_000))
    await vault.backUp(['--workers', '1'])
    const rules = ['--keep-last', '1', '--yes']
    expect((await vault.holdfast(['forget', ...rules])).code).toBe(0)
    const { plan, done } = await pruneAt(repository, NOW + HOUR)
    expect(plan.summary).toMatchObject({ remove: { packs: 2 }, waiting: { packs: 2 }, due: { packs: 0 } })
    expect(done.packsRemoved).toBe(2)
    const shorter = await pruneAt(repository, NOW + 2 * HOUR, { grace: HOUR })
    expect(shorter.plan.summary).toMatchObject({
      waiting: { packs: 2 },
      waitsUntil: { first: NOW + grace, last: NOW + grace },
    })
    expect(packs.filter((name) => packsOf(vault).includes(name))).toHaveLength(2)
    expect((await pruneAt(repository, NOW + grace - 1)).plan.summary.waiting.packs).toBe(2)
    expect((await pruneAt(repository, NOW + grace)).plan.summary.due.packs).toBe(2)
    expect(packs.filter((name) => packsOf(vault).includes(name))).toHaveLength(0)
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
  })

  it('promises more where a later prune does, and that one is kept as well', async () => {
    await vault.holdfast(['forget', first])
    await pruneAt(repository, NOW, { grace })
    const longer = await pruneAt(repository, NOW + HOUR, { grace: 2 * grace })
    expect(longer.plan.summary).toMatchObject({ toBeNoted: 2, waitsUntil: { last: NOW + 2 * grace } })
    expect((await pruneAt(repository, NOW + 2 * grace - 1)).plan.summary).toMatchObject({
      toBeNoted: 0,
      waiting: { packs: 2 },
    })
    expect((await pruneAt(repository, NOW + 2 * grace)).done.packsRemoved).toBe(2)
  })

  it.each([
    ['for ever where a clock was ten years ahead', NOW + 10 * 365 * 24 * HOUR, NOW],
    ['cut short where a clock begins with 1970 for an hour', NOW, 0],
  ])('is not %s', async (_, noted, wrong) => {
    await vault.holdfast(['forget', first])
    await pruneAt(repository, noted, { grace })
    await pruneAt(repository, wrong)
    const still = await pruneAt(repository, NOW + HOUR)
    expect(still.plan.summary).toMatchObject({ waiting: { packs: 2 }, waitsUntil: { last: NOW + grace } })
    expect((await pruneAt(repository, NOW + grace - 1)).done.packsRemoved).toBe(0)
    expect((await pruneAt(repository, NOW + grace)).done.packsRemoved).toBe(2)
  })

  it.each([
    ['says no grace', '', 7 * 24 * HOUR],
    ['says a negative one', ',"grace_seconds":-1', 7 * 24 * HOUR],
    ['says one without end', ',"grace_seconds":1e308', 366 * 24 * HOUR],
    ['says no number', ',"grace_seconds":"48h"', 7 * 24 * HOUR],
  ])('is sensible where a note %s', async (_, member, waits) => {
    const name = hash('sha256', 'left')
    mkdirSync(join(vault.path, 'data', name.slice(0, 2)), { recursive: true })
    writeFileSync(join(vault.path, 'data', name.slice(0, 2), name), 'left')
    const note = `{"id":"${name}","blobs":[],"time":"2026-11-22T00:00:00Z"${member}}`
    await repository.saveDocument('index', Buffer.from(`{"packs":[],"packs_to_delete":[${note}]}`))
    await pruneAt(repository, NOW)
    await pruneAt(repository, NOW + waits - 1)
    expect(packsOf(vault)).toContain(name)
    await pruneAt(repository, NOW + waits)
    expect(packsOf(vault)).not.toContain(name)
  })

  it('refuses one of more than a year', async () => {
    for (const args of [['prune'], ['forget', first, '--prune']]) {
      const { code, stderr } = await vault.holdfast([...args, '--grace', '367d'])
      expect(code).toBe(1)
      expect(stderr).toContain('The grace is longer than a year.\nNothing was changed.\nGive at most 366d')
    }
  })
})

describeWith(['restic'], 'a grace that is given to the program', () => {
  it('is kept by nightly prunes without one, told with its end, and ended only by --grace 0', async () => {
    const { vault, first } = await vaultOfTwo()
    const count = packsOf(vault).length
    const begun = Date.now()
    const given = await vault.holdfast(['forget', first, '--prune', '--grace', '2d'])
    expect(given).toMatchObject({ code: 0, stderr: '' })
    expect(given.stdout).toMatch(/^What waits is due at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: the first prune after that /m)
    vault.restic('check', '--read-data')

    const night = await vault.holdfast(['prune'])
    expect(night.stdout).toMatch(/ let wait +2 +.* they were taken out of the index, and are not due yet$/m)
    expect(night.stdout).toContain('Nothing is to be done.')
    vault.write('more', noise(3, 1000))
    await vault.backUp()
    expect((await vault.holdfast(['forget', '--keep-last', '1', '--yes', '--prune'])).code).toBe(0)
    expect((await vault.holdfast(['prune', '--grace', '1h'])).code).toBe(0)
    expect(packsOf(vault).length).toBeGreaterThanOrEqual(count)
    vault.restic('check', '--read-data')

    const told = await vault.holdfast(['prune', '--dry-run', '--json'])
    const waiting = messages(told.stdout, 'pack').filter(({ action }) => action === 'wait')
    const dues = waiting.map(({ due }) => Date.parse(String(due)))
    const twoDays = dues.filter((due) => due >= begun + 48 * HOUR && due <= Date.now() + 48 * HOUR)
    expect(twoDays).toHaveLength(2)
    expect(messages(told.stdout, 'plan')[0]).toMatchObject({
      waits_until: { last: new Date(Math.max(...dues)).toISOString() },
    })

    expect((await vault.holdfast(['prune', '--grace', '3d'])).code).toBe(0)
    const later = await vault.holdfast(['prune', '--dry-run', '--json'])
    const plan = messages(later.stdout, 'plan')[0] ?? expect.unreachable()
    const { first: due } = plan['waits_until'] as { readonly first: string }
    expect(Date.parse(due)).toBeGreaterThanOrEqual(Math.min(...dues) + 24 * HOUR)

    const { stdout } = await vault.holdfast(['prune', '--grace', '0'])
    expect(stdout).toMatch(/ remove +[2-9] +.*nothing in them is needed, and no grace is left for them$/m)
    expect(stdout).not.toContain('What waits')
    expect(packsOf(vault).length).toBeLessThan(count + 2)
    const left = await vault.holdfast(['prune', '--dry-run', '--json'])
    expect(messages(left.stdout, 'plan')[0]).toMatchObject({ packs: { waiting: { packs: 0 } }, bytes_waiting: 0 })
    vault.restic('check', '--read-data')
  })
})

/** A program whose clock is so many days ahead. */
const ahead = (days: number): { readonly env: NodeJS.ProcessEnv } => ({ env: clockAhead(days * DAY) })

describe('a clock that is ahead', () => {
  const REASON =
    /the grace of 2 packs of .+ would end too early, as the clock of this computer is 5 days ahead of the clock of the storage/
  let vault: Vault
  let second: string
  let packs: readonly string[]
  beforeEach(async () => {
    const two = await vaultOfTwo()
    vault = two.vault
    second = two.second
    vault.write('old', noise(3, 300_000))
    await vault.backUp(['--workers', '1'])
    packs = packsOf(vault)
    expect((await vault.holdfast(['forget', two.first, '--prune', '--grace', '2d'])).code).toBe(0)
  })

  it('ends no grace before a person has confirmed it', async () => {
    const dry = await vault.holdfast(['prune', '--dry-run'], ahead(5))
    expect(dry.code).toBe(0)
    expect(dry.stdout).toMatch(/^Without --yes this stops for a person to confirm it: /m)
    expect(dry.stdout).toMatch(REASON)
    const stopped = await vault.holdfast(['prune'], ahead(5))
    expect(stopped.code).toBe(1)
    expect(stopped.stderr).toMatch(REASON)
    expect(stopped.stderr).toContain('Nothing was removed.')
    expect(packsOf(vault)).toEqual(packs)
    expect((await vault.holdfast(['prune', '--yes'], ahead(5))).code).toBe(0)
    expect(packsOf(vault)).toHaveLength(packs.length - 2)
  })

  it('stops a forget that prunes, before any snapshot is removed', async () => {
    const stopped = await vault.holdfast(['forget', second, '--prune'], ahead(5))
    expect(stopped.code).toBe(1)
    expect(stopped.stderr).toMatch(REASON)
    expect((await vault.holdfast(['forget', second, '--dry-run'])).code).toBe(0)
    expect(packsOf(vault)).toEqual(packs)
  })

  it('stops nothing where no grace ends by it, or where all are to end', async () => {
    // The grace goes on for a day by the clock of the storage, and by this one.
    expect((await vault.holdfast(['prune'], ahead(1))).code).toBe(0)
    expect(packsOf(vault)).toEqual(packs)
    expect((await vault.holdfast(['prune', '--grace', '0'], ahead(5))).code).toBe(0)
    expect(packsOf(vault)).toHaveLength(packs.length - 2)
  })
})

describe('a clock that is behind', () => {
  const REASON =
    /the grace of [2-9] packs of .+ would end too early, as the clock of this computer is 5 days before the clock of the storage/
  let vault: Vault
  let first: string
  let packs: readonly string[]
  beforeEach(async () => {
    ;({ vault, first } = await vaultOfTwo())
    packs = packsOf(vault)
  })

  it('begins no grace before a person has confirmed it', async () => {
    const stopped = await vault.holdfast(['forget', first, '--prune', '--grace', '2d'], ahead(-5))
    expect(stopped.code).toBe(1)
    expect(stopped.stderr).toMatch(REASON)
    expect(stopped.stderr).toContain('Nothing was removed.')
    expect((await vault.holdfast(['forget', first])).code).toBe(0)
    const dry = await vault.holdfast(['prune', '--grace', '2d', '--dry-run'], ahead(-5))
    expect(dry.code).toBe(0)
    expect(dry.stdout).toMatch(REASON)
    expect((await vault.holdfast(['prune', '--grace', '2d'], ahead(-5))).stderr).toMatch(REASON)
    expect(messages((await vault.holdfast(['prune', '--dry-run', '--json'])).stdout, 'plan')[0]).toMatchObject({
      packs: { waiting: { packs: 0 }, remove: { packs: 2 } },
    })
    expect((await vault.holdfast(['prune', '--grace', '2d', '--yes'], ahead(-5))).code).toBe(0)
    expect(packsOf(vault)).toEqual(packs)
  })

  it('stops nothing where no grace begins by it', async () => {
    expect((await vault.holdfast(['prune', '--grace', '2d'], ahead(-5))).code).toBe(0)
    expect((await vault.holdfast(['forget', first])).code).toBe(0)
    expect((await vault.holdfast(['prune'], ahead(-5))).code).toBe(0)
    expect(packsOf(vault)).toHaveLength(packs.length - 2)
  })
})
