import { execFile } from 'node:child_process'
import { createHash, hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { initRepository, openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { snapshotContents } from '../support/snapshot-contents.ts'

const ROUNDS = Number(process.env['HOLDFAST_RACE_ROUNDS'] ?? 100)
/** For each round that is wanted so many are taken at most, until enough of everything came to pass. */
const MOST_ROUNDS = 4

const run = promisify(execFile)

const ORDERS = ['any', 'prune first', 'backups first'] as const
type Order = (typeof ORDERS)[number]

/** What a program did: the snapshot that it acknowledged, or that it gave way to another one. */
interface Outcome {
  readonly acknowledged?: string | undefined
  readonly isLocked: boolean
  readonly failure?: string | undefined
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
    const summary = jsonLines(stdout).at(-1)
    const id = summary?.['snapshot_id']
    if (code === 0) return { acknowledged: typeof id === 'string' ? id : undefined, isLocked: false }
    return { isLocked: code === 11, failure: stderr }
  }

  async function restics(...args: readonly string[]): Promise<Outcome> {
    try {
      const { stdout } = await run('restic', [...args, '--json'], { env, maxBuffer: 2 ** 26 })
      const id = /"snapshot_id":"([0-9a-f]+)"/.exec(stdout)?.[1]
      return { acknowledged: id, isLocked: false }
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string }
      return { isLocked: stderr.includes('already locked'), failure: stderr }
    }
  }

  const by = (who: number, ...args: readonly string[]): Promise<Outcome> =>
    who === 0 ? ours(...args) : restics(...args)

  /** After up to half a second. */
  const soon = (): Promise<void> => pause(chance.below(500))

  /** A folder whose files come and go, so that what a prune removes is wanted again by the next backup. */
  function write(folder: string): string {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (let file = 0; file < 6; file++) {
      const content = seededChance(chance.below(12)).fill(Buffer.alloc(30_000))
      writeFileSync(join(folder, `f${file}`), content)
    }
    return folder
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
    const known = new Map<string, { readonly folder: string; readonly content: string }>()
    /** By program: ours, restic. */
    const counts = { backups: [0, 0], prunes: [0, 0], locked: 0 }
    const isEnough = (): boolean =>
      [...counts.backups, ...counts.prunes, counts.locked].every((count) => count >= ROUNDS / 10)

    // What comes to pass is up to chance: as many rounds as it takes for enough of everything.
    for (let round = 0; round < ROUNDS || !isEnough(); round++) {
      if (round === ROUNDS * MOST_ROUNDS) throw new Error(`Too little came to pass: ${JSON.stringify(counts)}`)
      const folders = [write(join(home, 'a')), write(join(home, 'b'))]
      const pruner = round % 2
      const backUp = async (who: number, folder = ''): Promise<void> => {
        const content = hashOf(folder)
        const outcome = await by(who, 'backup', folder)
        if (outcome.acknowledged !== undefined) {
          counts.backups[who] = (counts.backups[who] ?? 0) + 1
          known.set(outcome.acknowledged, { folder, content })
        } else expect(outcome).toMatchObject({ isLocked: true })
        if (outcome.isLocked) counts.locked++
      }
      const prune = async (): Promise<void> => {
        const grace = pruner === 0 && round % 3 === 0 ? ['--grace', '1s'] : []
        const outcome = await by(pruner, 'prune', '--max-unused', '0', ...grace)
        if (outcome.isLocked) counts.locked++
        else {
          expect(outcome.failure).toBeUndefined()
          counts.prunes[pruner] = (counts.prunes[pruner] ?? 0) + 1
        }
      }
      // What is not needed any more, for the prune.
      const [oldest] = known.keys()
      if (oldest !== undefined && known.size > 4) {
        rmSync(join(vault, 'snapshots', (await snapshotNamed(oldest)) ?? ''))
        known.delete(oldest)
      }
      const first = (round >> 1) % 2
      await inOrder(
        ORDERS[(round >> 2) % ORDERS.length],
        () => Promise.all([backUp(first, folders[0]), soon().then(() => backUp(1 - first, folders[1]))]),
        prune,
      )
      const newest = [...known].at(-1)
      if (newest) expect(await restored(newest[0], newest[1].folder)).toBe(newest[1].content)
      if (round % 10 === 9) await run('restic', ['check', '--read-data'], { env })
    }
    for (const [id, { folder, content }] of known) expect(await restored(id, folder)).toBe(content)
    // Everything can be read, by us as well.
    const repository = await openRepository(openDirectoryStorage(vault), 'race')
    expect((await snapshotContents(repository)).size).toBe(known.size)
  })

  /** Begins both at about the same time, or one when the other has its lock: then the first comes to its end, and they meet. */
  async function inOrder(
    order: Order | undefined,
    backUps: () => Promise<unknown>,
    prune: () => Promise<unknown>,
  ): Promise<void> {
    if (order === 'any') {
      await Promise.all([soon().then(backUps), soon().then(prune)])
      return
    }
    const [one, other] = order === 'prune first' ? [prune, backUps] : [backUps, prune]
    const running = one()
    await locked(running)
    await Promise.all([running, other()])
  }

  async function snapshotNamed(prefix: string): Promise<string | undefined> {
    return Promise.resolve(readdirSync(join(vault, 'snapshots')).find((name) => name.startsWith(prefix)))
  }
})

function hashOf(folder: string): string {
  const all = createHash('sha256')
  for (const name of readdirSync(folder).toSorted()) all.update(hash('sha256', readFileSync(join(folder, name))))
  return all.digest('hex')
}
