import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { initRepository, openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'

const ROUNDS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 100)
const SEED = Number(process.env['HOLDFAST_SEED'] ?? 20_261_120)
/** restic reads all of the repository so often; between, only the structure. */
const READ_EVERY = 10

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

describeWith(['restic'], `a backup that is killed at ${ROUNDS} random moments (HOLDFAST_SEED=${SEED})`, () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-kill-'))
  const [vault, source] = [join(home, 'vault'), join(home, 'source')]
  const env = { ...process.env, RESTIC_PASSWORD: 'kill', RESTIC_CACHE_DIR: join(home, 'cache') }
  let state = SEED
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  /** What each acknowledged snapshot has to give back: content by name. */
  const acknowledged = new Map<string, ReadonlyMap<string, string>>()

  beforeAll(async () => {
    await initRepository(openDirectoryStorage(vault), {
      password: 'kill',
      owner: { hostname: hostname(), username: '', created: '2026-11-20T00:00:00Z' },
      chunkerPolynomial: '25b468838dcb75',
    })
    mkdirSync(join(source, 'deep', 'er'), { recursive: true })
  })
  afterAll(() => rmSync(home, { recursive: true }))

  function restic(...args: string[]): string {
    return execFileSync('restic', ['-r', vault, '--no-cache', ...args], { env, encoding: 'utf8', stdio: 'pipe' })
  }

  /** Changes some files; several of them are long enough to be cut. */
  function change(round: number): Map<string, string> {
    for (let file = 0; file < 6; file++) {
      const name = join(source, file % 2 === 0 ? 'deep' : 'deep/er', `file-${Math.floor(random() * 12)}`)
      writeFileSync(name, Buffer.alloc(1 + Math.floor(random() * 1_500_000), `${round} ${random()} `))
    }
    return contentOf(source)
  }

  it('loses nothing that it acknowledged, leaves what restic accepts, and the next one clears its lock', async () => {
    let killed = 0
    for (let round = 0; round < ROUNDS; round++) {
      const content = change(round)
      const run = await runAndKill(['backup', '-r', vault, '--json', source], env, 300 + random() * 1100)
      if (run.killed) killed++
      const id = /"snapshot_id":"([0-9a-f]{64})"/.exec(run.stdout)?.[1]
      if (id !== undefined) acknowledged.set(id, content)
      const after = await runAndKill(['backup', '-r', vault, '--json', source], env, 600_000)
      const next = /"snapshot_id":"([0-9a-f]{64})"/.exec(after.stdout)?.[1]
      expect(next).toBeDefined()
      acknowledged.set(next ?? '', content)
      expect(readdirSync(join(vault, 'locks'))).toEqual([])
      if (round % READ_EVERY === READ_EVERY - 1) restic('check', '--read-data')
      else if (run.killed) restic('check')
    }
    // Not every moment is in the middle, but a test in which none is would prove nothing.
    expect(killed).toBeGreaterThan(ROUNDS / 4)
    restic('check', '--read-data')
    const stored = new Set((JSON.parse(restic('snapshots', '--json')) as { id: string }[]).map(({ id }) => id))
    for (const [id, content] of acknowledged) {
      expect(stored).toContain(id)
      const target = join(home, 'restored')
      restic('restore', id, '--target', target)
      expect(contentOf(join(target, source))).toEqual(content)
      rmSync(target, { recursive: true })
    }
    await expect(openRepository(openDirectoryStorage(vault), 'kill')).resolves.toBeDefined()
  })
})
