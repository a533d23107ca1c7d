import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { initRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { locksIn } from '../support/care-scene.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type KilledRun, type Moment, runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'

/** Files by name, and the hash of what each holds. */
function contentOf(folder: string): Map<string, string> {
  const content = new Map<string, string>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    content.set(path.slice(folder.length), hash('sha256', readFileSync(path), 'hex'))
  }
  return content
}

describeWith(['restic'], `a backup that is killed ${KILLS} times at work (HOLDFAST_SEED=${SEED})`, () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-kill-'))
  const [vault, source] = [join(home, 'vault'), join(home, 'source')]
  const env = { ...process.env, RESTIC_PASSWORD: 'kill' }
  const backup = ['backup', '-r', vault, '--json', source]
  const chance = seededChance(SEED)
  /** What each acknowledged snapshot has to give back: content by name. */
  const acknowledged = new Map<string, ReadonlyMap<string, string>>()

  beforeAll(async () => {
    await initRepository(openDirectoryStorage(vault), {
      password: 'kill',
      owner: { hostname: hostname(), username: '', created: '2026-11-20T00:00:00Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    await cheapenKey(vault, 'kill')
    mkdirSync(join(source, 'deep', 'er'), { recursive: true })
  })
  afterAll(() => rmSync(home, { recursive: true }))

  // Not to mind locks: restic would refuse the one that the killed run left.
  function restic(...args: string[]): string {
    const command = ['-r', vault, '--no-cache', '--no-lock', ...args]
    return execFileSync('restic', command, { env, encoding: 'utf8', stdio: 'pipe' })
  }

  /** Changes some files; several of them are long enough to be cut. */
  function change(round: number): Map<string, string> {
    for (let file = 0; file < 6; file++) {
      const name = join(source, file % 2 === 0 ? 'deep' : 'deep/er', `file-${chance.below(12)}`)
      writeFileSync(name, Buffer.alloc(1 + chance.below(1_500_000), `${round} ${chance.fraction()} `))
    }
    return contentOf(source)
  }

  /** Backs up and notes what was acknowledged. */
  async function backUp(content: ReadonlyMap<string, string>, moment?: Moment): Promise<KilledRun> {
    const run = await runAndKill(backup, env, vault, moment)
    const id = /"snapshot_id":"([0-9a-f]{64})"/.exec(run.stdout)?.[1]
    if (id !== undefined) acknowledged.set(id, content)
    if (!run.killed) expect({ ...run, id }).toMatchObject({ code: 0, stderr: '', id: expect.any(String) as string })
    return run
  }

  function expectRestored(id: string): void {
    const target = join(home, 'restored')
    restic('restore', id, '--target', target)
    expect(contentOf(join(target, source))).toEqual(acknowledged.get(id))
    rmSync(target, { recursive: true })
  }

  it('loses nothing that it acknowledged, leaves what restic accepts, and the next one clears its lock', async () => {
    let locksLeft = 0
    await killUntilMet(KILLS, chance, async (moment, number) => {
      const content = change(number)
      const run = await backUp(content, moment)
      if (run.killed && locksIn(vault).length > 0) locksLeft++
      restic('check', ...(number % 10 === 0 ? ['--read-data'] : []))
      const known = [...acknowledged.keys()]
      if (known.length > 0) expectRestored(known[chance.below(known.length)] ?? '')

      await backUp(content)
      expect(locksIn(vault)).toEqual([])
      return run
    })
    // Nearly every one of a hundred kills comes after the lock was made: it is next to certain that some leave it.
    expect(locksLeft).toBeGreaterThan(0)
    restic('check', '--read-data')
    const stored = (JSON.parse(restic('snapshots', '--json')) as { id: string }[]).map(({ id }) => id)
    expect(stored).toEqual(expect.arrayContaining([...acknowledged.keys()]))
    for (const id of acknowledged.keys()) expectRestored(id)
  })
})
