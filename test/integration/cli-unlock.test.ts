import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import { lockRepository, openRepository, ownIdentity } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository, PASSWORD } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'

const HOUR = 3_600_000

describeWith(['restic'], 'holdfast repo unlock', () => {
  let odd: OddRepository
  let holder: ChildProcess
  beforeAll(async () => {
    odd = await makeOddRepository()
    holder = spawn('sleep', ['infinity'])
  })
  afterAll(() => {
    holder.kill()
    odd[Symbol.dispose]()
  })
  afterEach(() => {
    odd.restic('unlock', '--remove-all')
  })

  const locks = (): string[] => readdirSync(join(odd.path, 'locks'))

  /** Leaves a lock behind as somebody wrote it. */
  async function leaveLock({ pid = holder.pid ?? 0, hostname = ownIdentity().hostname, age = 0, exclusive = false }) {
    const repository = await openRepository(openDirectoryStorage(odd.path), PASSWORD)
    await repository.storage.prepare()
    const now = performance.timeOrigin + performance.now()
    const time = new Date(now - age).toISOString()
    const lock = { time, exclusive, hostname, username: 'ada', pid, uid: 0, gid: 0 }
    return repository.saveDocument('lock', Buffer.from(JSON.stringify(lock)))
  }

  it('removes the locks of processes that have ended and those of half an hour ago, and names them', async () => {
    const ended = spawn('true')
    await new Promise((resolve) => ended.once('exit', resolve))
    const dead = await leaveLock({ pid: ended.pid ?? 0 })
    const old = await leaveLock({ hostname: 'elsewhere', age: HOUR })
    const { code, stdout } = await odd.holdfast('unlock')
    expect(code).toBe(0)
    expect(stdout).toContain(`Removed shared lock ${dead.slice(0, 8)} of process ${ended.pid} of ada on `)
    expect(stdout).toContain(`Removed shared lock ${old.slice(0, 8)}`)
    expect(stdout).toContain('on elsewhere')
    expect(locks()).toEqual([])
  })

  it('keeps the lock of a process that lives and of another computer, unless all are to go', async () => {
    const here = await leaveLock({ exclusive: true })
    const elsewhere = await leaveLock({ hostname: 'elsewhere' })
    const { code, stdout } = await odd.holdfast('unlock', '--json')
    expect(code).toBe(0)
    const [first, second, summary] = jsonLines(stdout).toSorted((left, right) =>
      String(left['message_type']).localeCompare(String(right['message_type'])),
    )
    expect(new Set([first?.['id'], second?.['id']])).toEqual(new Set([here, elsewhere]))
    expect(first).toMatchObject({ removed: false, stale: false, username: 'ada' })
    expect(summary).toEqual({ message_type: 'summary', locks_removed: 0, locks_kept: 2 })
    expect(new Set(locks())).toEqual(new Set([here, elsewhere]))

    const all = await odd.holdfast('unlock', '--remove-all')
    expect(all.stdout).toContain(`Removed lock ${here.slice(0, 8)}.`)
    expect(locks()).toEqual([])
    expect((await odd.holdfast('unlock')).stdout).toBe('There are no locks.\n')
  })

  it('other commands end with 11 while somebody holds an exclusive lock, and name the holder', async () => {
    const repository = await openRepository(openDirectoryStorage(odd.path), PASSWORD)
    const lock = await lockRepository(repository, { exclusive: true })
    try {
      for (const command of [['snapshots'], ['ls', 'latest'], ['stats'], ['key', 'list']]) {
        const { code, stderr } = await odd.holdfast(...command)
        expect(code).toBe(11)
        expect(stderr).toContain(`process ${process.pid}`)
        expect(stderr).toContain('--retry-lock')
      }
      const { code, stdout } = await odd.holdfast('snapshots', '--no-lock', '--json')
      expect(code).toBe(0)
      expect(jsonLines(stdout).at(-1)).toMatchObject({ total_snapshots: 3 })
      const json = await odd.holdfast('key', 'passwd', '--json')
      expect(json.code).toBe(11)
      expect(jsonLines(json.stderr)).toMatchObject([
        { message_type: 'exit_error', code: 11, error: 'repository/locked' },
      ])
    } finally {
      await lock.release()
    }
  })

  it('waits as long as it is told for whoever holds a lock', async () => {
    const repository = await openRepository(openDirectoryStorage(odd.path), PASSWORD)
    const lock = await lockRepository(repository, { exclusive: true })
    const waiting = odd.holdfast('snapshots', '--retry-lock', '10m')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await lock.release()
    expect((await waiting).code).toBe(0)
  })
})
