import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { encodeSnapshot, loadSnapshots, type StoredSnapshot } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const HOUR = 3_600_000_000_000n

/** Stores copies of the vault's only snapshot that differ in these members. Resolves to their ids. */
async function storeSnapshots(vault: Vault, changes: readonly Partial<StoredSnapshot>[]): Promise<string[]> {
  const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
  const [first] = await loadSnapshots(repository)
  if (!first) throw new Error('the vault has no snapshot')
  const { summary: _, ...plain } = first
  const ids: string[] = []
  for (const change of changes)
    ids.push(await repository.saveDocument('snapshot', encodeSnapshot({ ...plain, ...change })))
  return ids
}

/** A vault with a snapshot of every so many hours, the newest `newest` hours ago. */
async function vaultOf(
  hoursAgo: readonly number[],
  change: Partial<StoredSnapshot> = {},
): Promise<{ vault: Vault; ids: string[] }> {
  const vault = await makeVault()
  vault.write('file', 'content')
  const { summary } = await vault.backUp()
  const now = BigInt(Date.now()) * 1_000_000n
  const times = hoursAgo.map((hours) => ({ ...change, time: { ns: now - BigInt(hours) * HOUR, offsetMinutes: 0 } }))
  const ids = await storeSnapshots(vault, times)
  await vault.holdfast(['forget', String(summary['snapshot_id'])])
  return { vault, ids }
}

const idsOf = (vault: Vault): string[] => readdirSync(join(vault.path, 'snapshots')).toSorted()

describe('holdfast repo forget', () => {
  const DAYS = Array.from({ length: 40 }, (_, day) => day * 24 + 1)
  let vault: Vault
  let ids: string[]
  beforeEach(async () => {
    ;({ vault, ids } = await vaultOf(DAYS))
  })

  it('RET-1: shows what stays and why, removes the others, and a dry run removes nothing', async () => {
    const rules = ['--retain-days', '30', '--time-zone', 'UTC']
    const dry = await vault.holdfast(['forget', ...rules, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toMatch(/^Dry run: (9|10) snapshots would be removed, (31|30) stay\. Nothing was removed\.$/m)
    expect(dry.stdout).toContain('young, until ')
    expect(idsOf(vault)).toHaveLength(40)
    const { code, stdout } = await vault.holdfast(['forget', ...rules])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Removed (9|10) snapshots/m)
    expect(idsOf(vault)).toEqual(ids.slice(0, idsOf(vault).length).toSorted())
  })

  it('RET-6, RET-7: keeps the last of each week, month and year for as long as is asked', async () => {
    const { stdout } = await vault.holdfast([
      'forget',
      '--json',
      '--dry-run',
      '--retain-days',
      '1',
      '--retain-weeks',
      '3',
      '--retain-months',
      '6',
      '--retain-years',
      '2',
    ])
    const [group] = jsonLines(stdout) as { keep: { id: string }[]; reasons: { matches: string[]; until?: string }[] }[]
    const reasons = group?.reasons.flatMap(({ matches }) => matches.map((words) => words.replace(/ .*/, ''))) ?? []
    expect(reasons.filter((word) => word === 'young,').length).toBeGreaterThanOrEqual(1)
    const lasts = group?.reasons.flatMap(({ matches }) => matches.filter((words) => words.startsWith('last of'))) ?? []
    expect(lasts.filter((words) => /of \d{4}-W\d\d,/.test(words)).length).toBeGreaterThanOrEqual(3)
    expect(lasts.filter((words) => /of \d{4}-\d\d,/.test(words)).length).toBeGreaterThanOrEqual(2)
    expect(lasts.some((words) => /of \d{4},/.test(words))).toBe(true)
  })

  it('RET-22: stops where more than 30 % would go at once, until a person says yes', async () => {
    const rules = ['forget', '--keep-daily', '5']
    const stopped = await vault.holdfast(rules)
    expect(stopped.code).toBe(1)
    expect(stopped.stderr).toContain('Stopped for a person to confirm it: 35 of 40 snapshots would go at once')
    expect(stopped.stderr).toContain('Nothing was removed.')
    expect(idsOf(vault)).toHaveLength(40)
    const json = await vault.holdfast([...rules, '--json'])
    expect(jsonLines(json.stdout)[0]).toMatchObject({ brakes: [{ kind: 'mass-expiry', removed: 35, of: 40 }] })
    expect(jsonLines(json.stderr)[0]).toMatchObject({ error: 'policy/unconfirmed', code: 1 })
    const confirmed = await vault.holdfast([...rules, '--yes', '--compact'])
    expect(confirmed.code).toBe(0)
    expect(idsOf(vault)).toHaveLength(5)
  })

  it('RET-22: stops where the clock is more than a day before the newest snapshot', async () => {
    await storeSnapshots(vault, [{ time: { ns: BigInt(Date.now()) * 1_000_000n + 26n * HOUR, offsetMinutes: 0 } }])
    const { code, stderr } = await vault.holdfast(['forget', '--keep-daily', '39'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/the clock of this computer is .* before the newest snapshot/)
    expect(idsOf(vault)).toHaveLength(41)
  })

  it('RET-22: stops where the clock was set ahead since the last run, and says so in a dry run, too', async () => {
    const rules = ['forget', '--keep-daily', '39']
    expect((await vault.holdfast(rules)).code).toBe(0)
    const [name = ''] = readdirSync(vault.file('state/holdfast'))
    const path = join(vault.file('state/holdfast'), name)
    const last = JSON.parse(readFileSync(path, 'utf8')) as { wall: number; uptime: number; boot: string }
    const DAY = 86_400_000
    // A day ago by the clock that nobody sets, and seventeen by the other.
    writeFileSync(path, JSON.stringify({ ...last, wall: last.wall - 17 * DAY, uptime: last.uptime - DAY }))
    const reason = 'the clock of this computer is 16 days ahead of the last run'
    const dry = await vault.holdfast([...rules, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining(`Without --yes this stops`) as string })
    expect(dry.stdout).toContain(reason)
    expect(await vault.holdfast(rules)).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) as string })
    expect((await vault.holdfast([...rules, '--yes'])).code).toBe(0)
    expect((await vault.holdfast(rules)).code).toBe(0)
  })

  it("RET-22: stops where the clock is not the storage's", async () => {
    const ahead = 'const now = Date.now; Date.now = () => now() + 5 * 86400000'
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ahead)}` }
    const reason = 'the clock of this computer is 5 days ahead of the clock of the storage'
    const dry = await vault.holdfast(['forget', '--keep-daily', '39', '--dry-run'], { env })
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining(reason) as string })
    const { code, stderr } = await vault.holdfast(['forget', '--keep-daily', '39'], { env })
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
    expect(idsOf(vault)).toHaveLength(40)
  })

  it('removes snapshots that are named, however many, and leaves the others', async () => {
    const named = ids.slice(0, 30)
    const dry = await vault.holdfast(['forget', named[0] ?? '', '--dry-run'])
    expect(dry.stdout).toContain(`${named[0]?.slice(0, 8)}  `)
    const { code, stdout } = await vault.holdfast(['forget', ...named.map((id) => id.slice(0, 12)), '--json'])
    expect(code).toBe(0)
    expect(jsonLines(stdout).at(-1)).toMatchObject({ message_type: 'summary', removed: 30, failed: 0, dry_run: false })
    expect(idsOf(vault)).toEqual(ids.slice(30).toSorted())
  })

  it('applies rules to each host and set of targets by themselves, or as it is told', async () => {
    await storeSnapshots(vault, [{ hostname: 'other', time: { ns: 1n, offsetMinutes: 0 } }])
    const keptBy = async (...args: string[]): Promise<unknown> => {
      const { stdout } = await vault.holdfast(['forget', '--json', '--dry-run', '--keep-last', '1', ...args])
      return jsonLines(stdout).at(-1)?.['kept']
    }
    expect(await keptBy()).toBe(2)
    expect(await keptBy('--group-by', '')).toBe(1)
    expect(await keptBy('--group-by', 'tags')).toBe(1)
    expect(await keptBy('--host', 'other')).toBe(1)
    const missed = await vault.holdfast(['forget', '--keep-last', '1', '--host', 'othre'])
    expect(missed).toMatchObject({ code: 3, stderr: expect.stringContaining('No snapshot fits --host') as string })
  })

  it.each([
    [[], 'Neither snapshots nor rules were given.'],
    [['--keep-last', '0'], 'No rule says what is to be kept.'],
    [['--keep-tag', 'nobody-has-it'], 'These rules keep none of the 40 snapshots'],
    [['--keep-last', 'x'], '"x" is no number of snapshots.'],
    [['--keep-within', '3w'], '"3w" is no length of time.'],
    [['--keep-last', '1', '--retain-days', '1'], 'are two sorts of rules'],
    [['--retain-weeks', '1'], 'begin behind --retain-days'],
    [['--retain-days', '1', '--time-zone', 'Mars/Olympus'], 'There is no time zone Mars/Olympus.'],
    [['--keep-last', '1', '--time-zone', 'UTC'], '--time-zone has no meaning'],
    [['--keep-last', '1', 'latest'], 'Snapshots are named, and rules given.'],
  ])('refuses %j, and removes nothing', async (args, why) => {
    const { code, stderr } = await vault.holdfast(['forget', '--yes', ...args])
    expect(code).toBe(1)
    expect(stderr).toContain(why)
    expect(stderr).toContain('Nothing was removed.')
    expect(idsOf(vault)).toHaveLength(40)
  })

  it('refuses to go without a lock, and removes nothing', async () => {
    const { code, stderr } = await vault.holdfast(['forget', '--yes', '--no-lock', '--keep-last', '1'])
    expect(code).toBe(1)
    expect(stderr).toContain('--no-lock was given without --dry-run.')
    expect(stderr).toContain('Nothing was changed.')
    expect(idsOf(vault)).toHaveLength(40)
  })

  it('keeps without an end where that is asked', async () => {
    const { stdout } = await vault.holdfast(['forget', '--json', '--dry-run', '--keep-daily', 'unlimited'])
    expect(jsonLines(stdout)[0]).toMatchObject({
      remove: [],
      reasons: expect.arrayContaining([expect.objectContaining({ counters: { daily: -1 } })]) as unknown,
    })
  })

  it('locks exclusively, and a dry run with --no-lock writes nothing', async () => {
    const before = vault.stored()
    expect((await vault.holdfast(['forget', '--no-lock', '--dry-run', '--keep-last', '1'])).code).toBe(0)
    expect(vault.stored()).toEqual(before)
    expect(existsSync(join(vault.path, 'locks')) ? readdirSync(join(vault.path, 'locks')) : []).toEqual([])
  })
})

describeWith(['restic'], 'restic’s rules of holdfast repo forget, beside restic', () => {
  const spans = fc
    .record({
      y: fc.integer({ min: 0, max: 1 }),
      m: fc.integer({ min: 0, max: 14 }),
      d: fc.integer({ min: 0, max: 40 }),
      h: fc.integer({ min: 0, max: 50 }),
    })
    .map((parts) =>
      Object.entries(parts)
        .map(([unit, count]) => `${count}${unit}`)
        .join(''),
    )
  const counts = fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 12 }).map(String), weight: 12 },
    fc.constant('unlimited'),
  )
  const PERIODS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly']
  const flags = fc.record({
    '--keep-last': optional(counts),
    ...Object.fromEntries(PERIODS.map((period) => [`--keep-${period}`, optional(counts)])),
    '--keep-within': optional(spans),
    ...Object.fromEntries(PERIODS.map((period) => [`--keep-within-${period}`, optional(spans)])),
    '--keep-tag': optional(fc.constantFrom('a', 'b', 'a,b')),
    '--group-by': optional(fc.subarray(['host', 'paths', 'tags']).map((keys) => keys.join(','))),
  })
  const newest = BigInt(Date.now()) * 1_000_000n - 2n * HOUR
  const snapshots = fc.uniqueArray(
    fc.record({
      // Close together and far apart: hours, days and years are all of interest.
      minutesAgo: fc.oneof(
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 0, max: 1_500_000 }),
      ),
      offsetMinutes: fc.constantFrom(0, 0, 60, -480, 330),
      tags: fc.subarray(['a', 'b']),
      paths: fc.constantFrom(['/x'], ['/x'], ['/y', '/z']),
    }),
    { minLength: 1, maxLength: 25, selector: ({ minutesAgo }) => minutesAgo },
  )

  interface Group {
    readonly host: string
    readonly paths: readonly string[] | null
    readonly tags: readonly string[] | null
    readonly keep: readonly { readonly id: string }[] | null
    readonly remove: readonly { readonly id: string }[] | null
    readonly reasons:
      | readonly { readonly snapshot: { readonly id: string }; readonly matches: readonly string[] }[]
      | null
  }
  const idsOfAll = (list: Group['keep']): string[] => (list ?? []).map(({ id }) => id)
  /** By group: what is kept with its reasons, and what goes, from the newest to the oldest. */
  const shape = (groups: readonly Group[]): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      groups.map(({ host, paths, tags, keep, remove, reasons }) => [
        JSON.stringify([host, paths ?? [], tags ?? []]),
        { keep: idsOfAll(keep), remove: idsOfAll(remove), matches: (reasons ?? []).map(({ matches }) => matches) },
      ]),
    )

  it('keep what restic keeps, for the same reasons, of any snapshots', async () => {
    const { vault } = await vaultOf([1])
    const version = /restic (\d+)\.(\d+)/.exec(vault.restic('version')) ?? []
    // Before 0.16 it knows no word for a count without an end, and the oldest snapshot does not stay while counts are left.
    const keepsOldest = Number(version[1]) > 0 || Number(version[2]) >= 16
    const NO_END = keepsOldest ? 'unlimited' : '1000000'
    const sets = fc.sample(snapshots, 40)
    for (const [number, set] of sets.entries()) {
      await storeSnapshots(
        vault,
        set.map(({ minutesAgo, offsetMinutes, tags, paths }) => ({
          hostname: `host${String(number).padStart(2, '0')}`,
          tags,
          paths,
          // No two of the same moment: restic says of none which is the newer one.
          time: { ns: newest - BigInt(minutesAgo * 60 + number) * 1_000_000_000n, offsetMinutes },
        })),
      )
    }

    /** What ours would say if it were as old as the peer. */
    function asOld(groups: readonly Group[]): readonly Group[] {
      if (keepsOldest) return groups
      return groups.map(({ keep, remove, reasons, ...key }) => {
        const older = (reasons ?? []).map(({ snapshot, matches }) => ({
          snapshot,
          matches: matches.filter((words) => !words.startsWith('oldest ')),
        }))
        const isGone = (id: string): boolean =>
          older.some(({ snapshot, matches }) => snapshot.id === id && matches.length === 0)
        return {
          ...key,
          keep: (keep ?? []).filter(({ id }) => !isGone(id)),
          remove: [...(remove ?? []), ...(keep ?? []).filter(({ id }) => isGone(id))],
          reasons: older.filter(({ matches }) => matches.length > 0),
        }
      })
    }

    let compared = 0
    await fc.assert(
      fc.asyncProperty(flags, async (chosen) => {
        const argsWith = (unlimited: string): string[] =>
          Object.entries(chosen).flatMap(([flag, value]) =>
            value === undefined ? [] : [flag, value === 'unlimited' ? unlimited : value],
          )
        const ours = await vault.holdfast(['forget', '--dry-run', '--json', ...argsWith('unlimited')], {
          env: { TZ: 'UTC' },
        })
        let theirs: readonly Group[]
        try {
          theirs = JSON.parse(vault.restic('forget', '--dry-run', '--json', ...argsWith(NO_END))) as Group[]
        } catch {
          expect(ours.code).toBe(1)
          return
        }
        // That nothing of a group is kept is refused.
        if (theirs.some(({ keep }) => idsOfAll(keep).length === 0)) return
        compared++
        expect(ours).toMatchObject({ code: 0, stderr: '' })
        const groups = jsonLines(ours.stdout).filter(({ message_type: kind }) => kind === 'group') as unknown as Group[]
        expect(shape(asOld(groups))).toEqual(shape(theirs))
      }),
      { numRuns: 60 },
    )
    expect(compared).toBeGreaterThan(0)
  })
})

function optional<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined })
}
