import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import {
  type HeldLock,
  listLocks,
  lockRepository,
  openRepository,
  type Repository,
} from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { ended as endOf, startHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type RepositoryProcess, startRepositoryProcess } from '../support/repository-process/start.ts'

const PASSWORD = 'lock'

/** Those that a repository knows, of what lies in its folder. */
function filesOf(names: readonly (string | Buffer)[]): string[] {
  return names.map(String).filter((name) => /[0-9a-f]{64}$/.test(name))
}

async function ask(holder: RepositoryProcess, command: string): Promise<string | undefined> {
  holder.tell(command)
  return holder.next()
}

describeWith(['restic'], 'locks, beside stock restic', () => {
  let home: string
  let location: string
  let env: NodeJS.ProcessEnv
  let repository: Repository
  const running: { kill: () => void; ended: Promise<unknown> }[] = []

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-lock-'))
    location = join(home, 'repository')
    env = { ...process.env, RESTIC_REPOSITORY: location, RESTIC_PASSWORD: PASSWORD }
    execFileSync('restic', ['--no-cache', 'init'], { env, stdio: 'pipe' })
    await cheapenKey(location, PASSWORD)
    repository = await openRepository(openDirectoryStorage(location), PASSWORD)
    writeFileSync(join(home, 'file'), 'content')
  })
  afterEach(async () => {
    for (const { kill, ended } of running.splice(0)) {
      kill()
      await ended
    }
    for (const name of lockFiles()) rmSync(join(location, 'locks', name))
    for (const name of readdirSync(join(location, 'snapshots'))) rmSync(join(location, 'snapshots', name))
  })
  afterAll(() => {
    rmSync(home, { recursive: true, force: true })
  })

  /** Both programs write under another name first. */
  const lockFiles = (): string[] => readdirSync(join(location, 'locks')).filter((name) => /^[0-9a-f]{64}$/.test(name))

  const childEnv = () => ({ RESTIC_REPOSITORY: location, RESTIC_PASSWORD: PASSWORD })

  function restic(...args: string[]): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('restic', ['--no-cache', ...args], { env, encoding: 'utf8' })
    return { code: status, output: stdout + stderr }
  }

  async function startHolder(mode: 'shared' | 'exclusive'): Promise<RepositoryProcess> {
    const holder = startRepositoryProcess('hold-lock', location, mode, PASSWORD)
    running.push({ kill: () => holder.signal('SIGKILL'), ended: holder.ended })
    expect(await holder.next()).toBe('locked')
    return holder
  }

  /** Starts restic, and waits until its lock is there. */
  async function startRestic(...args: string[]): Promise<ChildProcess> {
    const child = spawn('restic', ['--no-cache', ...args], { env, stdio: ['pipe', 'ignore', 'ignore'] })
    running.push({ kill: () => child.kill('SIGKILL'), ended: once(child, 'exit') })
    while (lockFiles().length === 0) {
      expect(child.exitCode, 'restic ended before it was seen to lock').toBeNull()
      await pause(1)
    }
    return child
  }

  const lock = (exclusive: boolean): Promise<HeldLock> => lockRepository(repository, { exclusive })

  it.each(['shared', 'exclusive'] as const)(
    'a process that holds a %s lock survives `restic unlock` and `restic check`, and goes on writing',
    async (mode) => {
      const holder = await startHolder(mode)
      const [before] = lockFiles()
      expect(restic('unlock').output).toContain('successfully removed')
      expect(restic('check')).toMatchObject({ code: 1, output: expect.stringContaining('locked') as string })
      expect(lockFiles()).toEqual([before])
      expect(await ask(holder, 'write')).toBe('done')
      expect(await ask(holder, 'pack')).toBe('done')
      expect(await ask(holder, 'release')).toBe('done')
      expect(await holder.ended).toBe('')
      expect(lockFiles()).toEqual([])
    },
  )

  it('restic refuses to back up while we hold it exclusively, naming us, and goes on beside a shared lock', async () => {
    const exclusive = await startHolder('exclusive')
    expect(restic('backup', join(home, 'file'))).toMatchObject({
      code: 1,
      output: expect.stringContaining(`PID ${exclusive.pid}`) as string,
    })
    await ask(exclusive, 'release')
    await startHolder('shared')
    expect(restic('backup', join(home, 'file')).code).toBe(0)
    expect(restic('forget', '--keep-last', '1', '--prune').code).not.toBe(0)
  })

  it('we go beside a shared lock of restic, and refuse to be exclusive while it holds one, naming it', async () => {
    const child = await startRestic('backup', '--stdin')
    const found = []
    for await (const each of listLocks(repository)) found.push(each)
    expect(found).toMatchObject([{ stale: false, lock: { pid: child.pid, exclusive: false } }])
    const shared = await lock(false)
    await shared.confirm()
    await shared.release()
    await expect(lock(true)).rejects.toMatchObject({
      code: 'repository/locked',
      context: { pid: child.pid },
    })
    expect(lockFiles()).toHaveLength(1)
  })

  it('we refuse any lock while restic holds an exclusive one', async () => {
    // What it does with the lock is over in no time: it is stopped as soon as it has it.
    const child = await startRestic('check')
    child.kill('SIGSTOP')
    for (const exclusive of [false, true]) {
      await expect(lock(exclusive)).rejects.toMatchObject({
        code: 'repository/locked',
        message: expect.stringContaining('exclusively') as string,
        context: { pid: child.pid },
      })
    }
    child.kill('SIGCONT')
    const patient = await lockRepository(repository, { exclusive: true, retryFor: 600_000 })
    expect(lockFiles()).toHaveLength(1)
    await patient.release()
  })

  it('what a killed restic left hinders exclusive work until somebody unlocks it: its number may be of a container', async () => {
    const child = await startRestic('backup', '--stdin')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(restic('check').code).not.toBe(0)
    const shared = await lock(false)
    await shared.confirm()
    await shared.release()
    await expect(lock(true)).rejects.toMatchObject({
      code: 'repository/locked',
      remedy: expect.stringContaining('`holdfast repo unlock`') as string,
    })
    expect(lockFiles()).toHaveLength(1)
    restic('unlock')
    expect(lockFiles()).toEqual([])
  })

  it('what a killed process of ours left is removed at our next start', async () => {
    const holder = await startHolder('exclusive')
    expect(lockFiles()).toHaveLength(1)
    holder.signal('SIGKILL')
    await holder.ended
    expect(lockFiles()).toHaveLength(1)
    expect(restic('check').code).not.toBe(0)
    const next = await lock(true)
    await next.confirm()
    await next.release()
    expect(restic('check').code).toBe(0)
  })

  it('a holder that was suspended writes nothing more once somebody removed its lock', async () => {
    const holder = await startHolder('exclusive')
    expect(await ask(holder, 'write')).toBe('done')
    holder.signal('SIGSTOP')
    restic('unlock', '--remove-all')
    const other = await startHolder('exclusive')
    const before = readdirSync(join(location, 'snapshots'))
    holder.signal('SIGCONT')
    expect(await ask(holder, 'write')).toBe('repository/lock-lost')
    expect(await ask(holder, 'pack')).toBe('repository/lock-lost')
    expect(readdirSync(join(location, 'snapshots'))).toEqual(before)
    expect(await ask(holder, 'release')).toBe('done')
    // The lock of the other is not ours to remove.
    expect(lockFiles()).toHaveLength(1)
    expect(await ask(other, 'write')).toBe('done')
  })

  it('what a holder was writing while it was suspended and its lock removed is taken back', async () => {
    for (const kind of ['late', 'late pack']) {
      const holder = await startHolder('exclusive')
      const before = readdirSync(location, { recursive: true })
      expect(await ask(holder, kind)).toBe('writing')
      holder.signal('SIGSTOP')
      restic('unlock', '--remove-all')
      await new Promise((resolve) => setTimeout(resolve, 1100))
      const answer = holder.next()
      holder.signal('SIGCONT')
      expect(await answer).toBe('repository/lock-lost')
      expect(filesOf(readdirSync(location, { recursive: true }))).toEqual(
        filesOf(before).filter((name) => !name.startsWith('locks/')),
      )
      await ask(holder, 'release')
    }
  })

  it('a running backup survives `restic unlock`, which asks by SIGHUP whether it lives', async () => {
    const child = startHoldfast(['repo', 'backup', join(home, 'file'), '--host', 'unlocked'], { env: childEnv() })
    const backup = endOf(child)
    while (lockFiles().length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    // So that it cannot have ended before.
    child.kill('SIGSTOP')
    expect(restic('unlock').code).toBe(0)
    expect(lockFiles()).toHaveLength(1)
    child.kill('SIGCONT')
    expect(await backup).toMatchObject({ code: 0, stderr: '' })
    expect(restic('snapshots', '--host', 'unlocked').output).toContain('1 snapshots')
    expect(restic('check', '--read-data').code).toBe(0)
  })

  it('a suspended process is not taken for a dead one', async () => {
    const holder = await startHolder('shared')
    holder.signal('SIGSTOP')
    expect(restic('unlock').code).toBe(0)
    await expect(lock(true)).rejects.toMatchObject({ code: 'repository/locked', context: { pid: holder.pid } })
    holder.signal('SIGCONT')
    expect(await ask(holder, 'write')).toBe('done')
  })
})
