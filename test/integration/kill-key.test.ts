import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey, keysIn } from '../support/cheap-key.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { keepFolder } from '../support/kept-folder.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault } from '../support/vault.ts'

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

/** Makes a repository where there is none yet. */
async function expectMadeOrMake(path: string, env: NodeJS.ProcessEnv, story: string): Promise<void> {
  const isMade = existsSync(join(path, 'config'))
  const { code, stderr } = await runHoldfast(['repo', 'init'], { env })
  const refused = { code: 1, stderr: expect.stringContaining('There is a repository at') as string }
  // What was begun is gone on with.
  expect({ code, stderr }, story).toEqual(isMade ? refused : { code: 0, stderr: expect.any(String) as string })
}

/** Makes the folders of a repository, as a run does first. */
function makeFolders(path: string, like: string): void {
  for (const entry of readdirSync(like, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) mkdirSync(join(path, relative(like, entry.parentPath), entry.name), { recursive: true })
  }
}

describeWith(['restic'], `keys and what is begun, killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  it.each([
    ['passwd', Math.ceil(KILLS * 0.5)],
    ['add', Math.ceil(KILLS * 0.25)],
  ])('leaves a key that opens the repository: key %s, killed %d times at work', async (command, kills) => {
    const vault = await makeVault()
    const first = keepFolder(join(vault.path, 'keys'))
    const known = new Set(keysIn(vault.path))
    writeFileSync(vault.file('new'), NEW)
    const args = ['key', command, '--new-password-file', vault.file('new')]

    await killUntilMet(kills, seededChance(`${SEED} ${command}`), async (moment, number) => {
      const run = await runAndKill(args, vault.env, vault.path, moment)
      // It is a whole key of the new password, or none. As it was made it takes half a second each time it is tried.
      if (number % 10 !== 0) {
        const added = keysIn(vault.path).filter((name) => !known.has(name))
        await cheapenKey(vault.path, NEW, added)
      }
      const [old, other] = [await opens(vault.path, OLD), await opens(vault.path, NEW)]
      const story = JSON.stringify({ number, moment, ...run })
      if (run.killed) expect(old || (command === 'passwd' && other), story).toBe(true)
      else expect({ code: run.code, old, other }, story).toEqual({ code: 0, old: command === 'add', other: true })
      // The lock that a killed run left stays, and must not hinder the next one.
      first.copyTo(join(vault.path, 'keys'))
      return run
    })
  })

  it.each([
    ['no folder', 0.1],
    ['each folder', 0.15],
  ])('leaves a repository, or room for one: init where there is %s', async (what, share) => {
    const vault = await makeVault()
    const path = vault.file('new repository')
    const env = { ...vault.env, RESTIC_REPOSITORY: path }

    await killUntilMet(Math.ceil(KILLS * share), seededChance(`${SEED} ${what}`), async (moment, number) => {
      mkdirSync(path)
      if (what !== 'no folder') makeFolders(path, vault.path)
      const run = await runAndKill(['init'], env, path, moment)
      const story = JSON.stringify({ number, moment, ...run })
      if (!run.killed) expect(run.code, story).toBe(0)
      await expectMadeOrMake(path, env, story)
      await openRepository(openDirectoryStorage(path), OLD)
      // restic would need as long again for the key as it was made.
      if (number % 10 !== 0) await cheapenKey(path, OLD)
      execFileSync('restic', ['-r', path, '--no-cache', 'check'], { env: { ...process.env, ...env }, stdio: 'pipe' })
      rmSync(path, { recursive: true })
      return run
    })
  })

  it('leaves room for a repository between its two files', async () => {
    const vault = await makeVault()
    const path = vault.file('new repository')
    makeFolders(path, vault.path)
    cpSync(join(vault.path, 'keys'), join(path, 'keys'), { recursive: true })
    await expectMadeOrMake(path, { ...vault.env, RESTIC_REPOSITORY: path }, 'between key and config')
    await openRepository(openDirectoryStorage(path), OLD)
  })
})
