import { execFileSync, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type Moment, runAndKill } from '../support/run-and-kill.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault } from '../support/vault.ts'

const ROUNDS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 20)
const SEED = Number(process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31))

/** How often a run makes, changes, renames or removes something in the folder of the keys, about. */
const MOST_CHANGES = 6

const OLD = 'vault'
const NEW = 'another'

/** Whether a password opens a repository. Both programs have to agree. */
async function opens(path: string, password: string): Promise<boolean> {
  const ours = await openRepository(openDirectoryStorage(path), password).then(
    () => 'opens',
    (error: unknown) => (error instanceof CoreError ? error.code : error),
  )
  const env = { ...process.env, RESTIC_PASSWORD: password }
  const { status, stderr } = spawnSync('restic', ['-r', path, '--no-cache', '--no-lock', 'snapshots'], {
    env,
    encoding: 'utf8',
  })
  expect({ ours, theirs: status === 0 ? 'opens' : stderr }).toEqual(
    ours === 'opens'
      ? { ours, theirs: ours }
      : { ours: 'repository/wrong-password', theirs: expect.stringContaining('wrong password') as unknown },
  )
  return status === 0
}

/** Anywhere, up to a little after the end; every second time while it is busy with the keys. */
function drawMoment(chance: ReturnType<typeof seededChance>, round: number, lasted: number, path: string): Moment {
  return round % 2 === 0
    ? { after: chance.fraction() * lasted * 1.1 }
    : { change: 1 + chance.below(MOST_CHANGES), folder: join(path, 'keys') }
}

/** Moments of the commands that can do less harm. */
const FEWER = Math.ceil(ROUNDS / 2)

/** Makes a repository where there is none yet. */
async function expectMadeOrMake(path: string, env: NodeJS.ProcessEnv, story: string): Promise<void> {
  const isMade = existsSync(join(path, 'config'))
  const { code, stderr } = await runHoldfast(['repo', 'init'], { env })
  const refused = { code: 1, stderr: expect.stringContaining('There is a repository at') as string }
  // What was begun is gone on with.
  expect({ code, stderr }, story).toEqual(isMade ? refused : { code: 0, stderr: expect.any(String) as string })
}

describeWith(['restic'], `what is killed at ${ROUNDS} random moments (HOLDFAST_SEED=${SEED})`, () => {
  it.each([
    ['passwd', ROUNDS],
    ['add', FEWER],
  ])('leaves a key that opens the repository: key %s', async (command, rounds) => {
    const vault = await makeVault()
    const chance = seededChance(SEED)
    const [keys, first] = [join(vault.path, 'keys'), vault.file('first keys')]
    cpSync(keys, first, { recursive: true })
    writeFileSync(vault.file('new'), NEW)
    const args = ['key', command, '--new-password-file', vault.file('new')]
    const env = { ...process.env, ...vault.env }

    let [lasted, killed] = [0, 0]
    for (let round = -1; round < rounds; round++) {
      const begun = performance.now()
      const moment = round < 0 ? undefined : drawMoment(chance, round, lasted, vault.path)
      const run = await runAndKill(args, env, moment)
      if (round < 0) lasted = performance.now() - begun
      const [old, other] = [await opens(vault.path, OLD), await opens(vault.path, NEW)]
      const story = JSON.stringify({ round, moment, ...run })
      if (run.killed) {
        killed++
        expect(old || (command === 'passwd' && other), story).toBe(true)
      } else {
        expect({ old, other }, story).toEqual({ old: command === 'add', other: true })
      }
      // The lock that a killed run left stays, and must not hinder the next one.
      rmSync(keys, { recursive: true })
      cpSync(first, keys, { recursive: true })
    }
    expect(killed).toBeGreaterThan(rounds / 4)
  })

  it('leaves a repository, or room for one: init', async () => {
    const vault = await makeVault()
    const chance = seededChance(SEED)
    const path = vault.file('new repository')
    const env = { ...process.env, ...vault.env, RESTIC_REPOSITORY: path }

    let [lasted, killed] = [0, 0]
    for (let round = -1; round < FEWER; round++) {
      // Folders alone are no repository; a folder has to be there to be watched.
      mkdirSync(join(path, 'keys'), { recursive: true })
      const begun = performance.now()
      const moment = round < 0 ? undefined : drawMoment(chance, round, lasted, path)
      const run = await runAndKill(['init'], env, moment)
      if (round < 0) lasted = performance.now() - begun
      if (run.killed) killed++
      const story = JSON.stringify({ round, moment, ...run })
      await expectMadeOrMake(path, env, story)
      await openRepository(openDirectoryStorage(path), OLD)
      execFileSync('restic', ['-r', path, '--no-cache', 'check'], { env, stdio: 'pipe' })
      rmSync(path, { recursive: true })
    }
    expect(killed).toBeGreaterThan(FEWER / 4)
    // The moment between the two files is too short to be met by chance: all but its config is there.
    cpSync(vault.path, path, { recursive: true })
    for (const name of ['config', 'data', 'index', 'snapshots']) rmSync(join(path, name), { recursive: true })
    await expectMadeOrMake(path, env, 'between key and config')
    await openRepository(openDirectoryStorage(path), OLD)
  })
})
