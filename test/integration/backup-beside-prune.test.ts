import { execFile } from 'node:child_process'
import { createHash, hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { initRepository, listPresentPacks, openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { snapshotContents } from '../support/snapshot-contents.ts'

const ROUNDS = Number(process.env['HOLDFAST_RACE_ROUNDS'] ?? 20)
/** For each round that is wanted so many are taken at most, until enough of everything came to pass. */
const MOST_ROUNDS = 4

const run = promisify(execFile)

const ORDERS = ['any', 'prune first', 'at once', 'backups first'] as const
type Order = (typeof ORDERS)[number]

const PROGRAMS = ['ours', 'restic'] as const
type Program = (typeof PROGRAMS)[number]

/** Snapshots that stay at most, and those of which none is forgotten, before a round. */
const [MOST_KEPT, FEWEST_KEPT] = [4, 2]
/** What a program does that is refused; restic, before 0.16, cannot wait. */
const PATIENCES = ['none', 'none', 'waits', 'repeats', 'repeats'] as const
/** A program that is refused, and not content with it, begins so many times in all. */
const MOST_TRIES = 30

/** What a program did: the snapshot that it acknowledged, or that it gave way to another one. */
interface Outcome {
  readonly acknowledged?: string | undefined
  /** How many contents it stored. */
  readonly stored?: number
  readonly isLocked: boolean
  readonly failure?: string | undefined
}

/** An outcome, and from when to when the program was there, with all its tries. */
interface Run extends Outcome {
  readonly begun: number
  readonly ended: number
}

/** A folder, and the contents of its files. */
interface Written {
  readonly folder: string
  readonly hash: string
  readonly ids: readonly string[]
  /** How many of them nobody has stored before. */
  readonly fresh: number
}

interface BackupRun {
  readonly who: Program
  readonly written: Written
  readonly run: Run
}

/**
 * What came to pass between a backup and a prune that was there at the same time, both of which came to their end. All are of
 * contents that no snapshot held any more, that the backup wanted again, and whose packs the prune took away.
 */
interface Meetings {
  /** The prune was first, and they were gone: the backup stored them again. */
  again: number
  /** The backup was first, and they were needed once more: the prune moved them to other packs. */
  moved: number
}

describeWith(['restic'], `backups beside prunes, ours and restic’s (HOLDFAST_SEED=${SEED})`, () => {
  const chance = seededChance(SEED)
  const home = mkdtempSync(join(tmpdir(), 'holdfast-race-'))
  const [vault, cache] = [join(home, 'vault'), join(home, 'cache')]
  const env = { ...process.env, RESTIC_REPOSITORY: vault, RESTIC_PASSWORD: 'race', RESTIC_CACHE_DIR: cache }

  beforeAll(async () => {
    await initRepository(openDirectoryStorage(vault), {
      password: 'race',
      owner: { hostname: hostname(), username: '', created: '2026-11-20T00:00:00Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    await cheapenKey(vault, 'race')
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  async function ours(...args: readonly string[]): Promise<Outcome> {
    const { code, stdout, stderr } = await runHoldfast(['repo', ...args, '--json'], { env })
    return code === 0 ? done(stdout) : { isLocked: code === 11, failure: stderr }
  }

  async function restics(...args: readonly string[]): Promise<Outcome> {
    try {
      return done((await run('restic', [...args, '--json'], { env, maxBuffer: 2 ** 26 })).stdout)
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string }
      return { isLocked: stderr.includes('already locked'), failure: stderr }
    }
  }

  /** Runs a program, and again as long as it is refused and patient. */
  async function by(program: Program, ...args: readonly string[]): Promise<Run> {
    const patience = PATIENCES[chance.below(PATIENCES.length)]
    const tries = patience === 'none' ? 1 : MOST_TRIES
    const waiting = program === 'ours' && patience === 'waits' ? ['--retry-lock', '1s'] : []
    const once = (): Promise<Outcome> => (program === 'ours' ? ours(...args, ...waiting) : restics(...args))
    const begun = performance.now()
    let outcome = await once()
    for (let tried = 1; outcome.isLocked && tried < tries; tried++) {
      await pause(chance.below(50))
      outcome = await once()
    }
    return { ...outcome, begun, ended: performance.now() }
  }

  /** After up to 0.15 s. */
  const soon = (): Promise<void> => pause(chance.below(150))

  /** How many contents were made up so far, and each by its id: a file is so small that it is one blob. */
  let made = 0
  const contents = new Map<string, Buffer>()
  function makeContent(): string {
    const content = seededChance(`${SEED} content ${made++}`).fill(Buffer.alloc(30_000))
    const id = hash('sha256', content)
    contents.set(id, content)
    return id
  }

  /** Some of what nobody needs any more, so that it is wanted again; some of what is needed all the time; and some anew. */
  function write(
    folder: string,
    { doomed, held }: { doomed: ReadonlySet<string>; held: ReadonlySet<string> },
  ): Written {
    const fresh = 2
    const ids = [
      ...draw(doomed, 1 + chance.below(3)),
      ...draw(held, 1 + chance.below(2)),
      ...Array.from({ length: fresh }, makeContent),
    ]
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [file, id] of ids.entries()) writeFileSync(join(folder, `f${file}`), contents.get(id) ?? '')
    return { folder, hash: hashOf(folder), ids, fresh }
  }

  function draw(from: ReadonlySet<string>, count: number): string[] {
    const left = [...from]
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(chance.below(left.length), 1)).flat()
  }

  /** The contents of each pack that is listed and there. */
  async function packed(): Promise<ReadonlyMap<string, readonly string[]>> {
    const storage = openDirectoryStorage(vault)
    const repository = await openRepository(storage, 'race')
    const index = await repository.loadIndex({ purpose: 'refer', presentPacks: listPresentPacks(storage) })
    const packs = new Map<string, string[]>()
    for (let entry = 0; entry < index.count; entry++) {
      const { type, pack } = index.locate(entry)
      if (type !== 'data') continue
      const name = index.packs.idOf(pack).toString('hex')
      packs.set(name, [...(packs.get(name) ?? []), index.idOf(entry).toString('hex')])
    }
    return packs
  }

  async function restored(id: string, folder: string): Promise<string> {
    const target = join(home, 'restored')
    rmSync(target, { recursive: true, force: true })
    await run('restic', ['restore', id, '--target', target, '--no-lock'], { env })
    return hashOf(join(target, folder))
  }

  function isLocked(): boolean {
    return readdirSync(join(vault, 'locks')).some((name) => /^[0-9a-f]{64}$/.test(name))
  }

  /** Resolves when somebody holds a lock, or what is to take one has ended. */
  async function locked(running: Promise<unknown>): Promise<void> {
    const ended = running.then(() => true)
    while (!isLocked() && !(await Promise.race([ended, pause(5).then(() => false)]))) continue
  }

  it(`loses nothing in ${ROUNDS} rounds and more of any timing`, async () => {
    const known = new Map<string, Written>()
    const counts = { locked: { backups: 0, prunes: 0 }, met: new Map<string, Meetings>() }
    for (const backup of PROGRAMS)
      for (const prune of PROGRAMS) counts.met.set(`${backup} / ${prune}`, { again: 0, moved: 0 })
    const isEnough = (): boolean =>
      Object.values(counts.locked).every((count) => count >= ROUNDS / 10) &&
      [...counts.met.values()].every(({ again, moved }) => Math.min(again, moved) >= ROUNDS / 20)
    const heldIds = (): Set<string> => new Set([...known.values()].flatMap(({ ids }) => ids))

    // What comes to pass is up to chance: as many rounds as it takes for enough of everything.
    for (let round = 0; round < ROUNDS || !isEnough(); round++) {
      if (round === ROUNDS * MOST_ROUNDS) throw new Error(`Too little came to pass in ${round} rounds: ${told(counts)}`)
      // What only the oldest held is not needed any more, for the prune.
      for (let isFirst = true; known.size > (isFirst ? FEWEST_KEPT : MOST_KEPT); isFirst = false) {
        const [oldest = ''] = known.keys()
        rmSync(join(vault, 'snapshots', snapshotNamed(oldest)))
        known.delete(oldest)
      }
      const before = await packed()
      const held = heldIds()
      const doomed = new Set([...before.values()].flat().filter((id) => !held.has(id)))

      const pruner = PROGRAMS[round % 2] ?? 'ours'
      const prune = (): Promise<Run> => {
        const grace = pruner === 'ours' && round % 3 === 0 ? ['--grace', '1s'] : []
        return by(pruner, 'prune', '--max-unused', '0', ...grace)
      }
      const first = (round >> 1) % 2
      const backups = [first, 1 - first].map((who) => ({
        who: PROGRAMS[who] ?? 'ours',
        written: write(join(home, who === first ? 'a' : 'b'), { doomed, held }),
      }))
      const backUps = (): Promise<BackupRun[]> =>
        Promise.all(
          backups.map(async ({ who, written }, at) => {
            if (at > 0) await soon()
            return { who, written, run: await by(who, 'backup', written.folder) }
          }),
        )
      const [runs, pruned] = await inOrder(ORDERS[(round >> 2) % ORDERS.length], backUps, prune)

      if (pruned.isLocked) counts.locked.prunes++
      else expect(pruned.failure).toBeUndefined()
      const after = await packed()
      const taken = new Set([...before].flatMap(([pack, ids]) => (after.has(pack) ? [] : ids)))
      for (const { who, written, run: backup } of runs) {
        const { acknowledged, stored = 0 } = backup
        expect(backup).toMatchObject({ isLocked: acknowledged === undefined })
        if (acknowledged === undefined) counts.locked.backups++
        else known.set(acknowledged, written)
        if (backup.isLocked || pruned.isLocked || !didOverlap(backup, pruned)) continue
        // No snapshot held it, the backup wanted it, and the pack that had it went.
        if (!written.ids.some((id) => doomed.has(id) && taken.has(id))) continue
        const meetings = counts.met.get(`${who} / ${pruner}`)
        if (meetings) meetings[stored > written.fresh ? 'again' : 'moved']++
      }
      // Whatever a snapshot holds is listed, in a pack that is there.
      const there = new Set([...after.values()].flat())
      expect([...heldIds()].filter((id) => !there.has(id))).toEqual([])
      const newest = [...known].at(-1)
      if (newest) expect(await restored(newest[0], newest[1].folder)).toBe(newest[1].hash)
      if (round % 10 === 9) await run('restic', ['check', '--read-data'], { env })
    }
    for (const [id, written] of known) expect(await restored(id, written.folder)).toBe(written.hash)
    // Everything can be read, by us as well.
    const repository = await openRepository(openDirectoryStorage(vault), 'race')
    expect((await snapshotContents(repository)).size).toBe(known.size)
  })

  /**
   * Begins both at any times; or at once, so that each may look before the other has its lock; or one when the other has its
   * lock: then the first comes to its end, and they meet.
   */
  async function inOrder(
    order: Order | undefined,
    backUps: () => Promise<BackupRun[]>,
    prune: () => Promise<Run>,
  ): Promise<[BackupRun[], Run]> {
    if (order === 'prune first') {
      const pruning = prune()
      await locked(pruning)
      return Promise.all([backUps(), pruning])
    }
    if (order === 'backups first') {
      const backingUp = backUps()
      await locked(backingUp)
      return Promise.all([backingUp, prune()])
    }
    if (order === 'at once') return Promise.all([backUps(), prune()])
    return Promise.all([soon().then(backUps), soon().then(prune)])
  }

  function snapshotNamed(prefix: string): string {
    return readdirSync(join(vault, 'snapshots')).find((name) => name.startsWith(prefix)) ?? ''
  }
})

/** What the last line of a program says that did all it was to do. */
function done(stdout: string): Outcome {
  const [, id] = /"snapshot_id":"([0-9a-f]+)"/.exec(stdout) ?? []
  const [, stored] = /"data_blobs":(\d+)/.exec(stdout) ?? []
  return { acknowledged: id, stored: Number(stored), isLocked: false }
}

function didOverlap(one: Run, other: Run): boolean {
  return one.begun < other.ended && other.begun < one.ended
}

function told({ locked, met }: { readonly locked: object; readonly met: ReadonlyMap<string, Meetings> }): string {
  return JSON.stringify({ locked, met: Object.fromEntries(met) })
}

function hashOf(folder: string): string {
  const all = createHash('sha256')
  for (const name of readdirSync(folder).toSorted()) all.update(hash('sha256', readFileSync(join(folder, name))))
  return all.digest('hex')
}
