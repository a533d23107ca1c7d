import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { describeWithMounts, mountSmallDisk } from '../conformance/small-disk.ts'
import { copy, fromVault, snapshotsOf, sortedContents } from '../support/copy.ts'
import { ended, runHoldfast, startHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { describeBoundByModes } from '../support/privilege.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const MIB = 1024 * 1024
const noise = (seed: number, bytes: number): Buffer => seededChance(seed).fill(Buffer.alloc(bytes))
const namesIn = (vault: Vault, kind: string): string[] => readdirSync(join(vault.path, kind))

let from: Vault
let to: Vault
beforeEach(async () => {
  from = await makeVault()
  to = await makeVault({ name: 'second' })
})

const init = (path: string, args: readonly string[], env = {}) =>
  runHoldfast(['repo', 'init', '-r', path, ...args], {
    env: { RESTIC_PASSWORD: 'vault', ...fromVault(from), ...env },
  })
const polynomialOf = async (path: string): Promise<string> =>
  (await openRepository(openDirectoryStorage(path), 'vault')).config.chunkerPolynomial

describeBoundByModes('a copy from a repository that cannot be written to', () => {
  it('takes --no-lock, and says so', async () => {
    from.write('file', noise(1, 100_000))
    await from.backUp()
    const locks = join(from.path, 'locks')
    chmodSync(locks, 0o500)
    onTestFinished(() => chmodSync(locks, 0o700))
    const options = { env: fromVault(from), isBoundByModes: true }
    const refused = await to.holdfast(['copy'], options)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('give --no-lock')
    expect(await to.holdfast(['copy', '--no-lock'], options)).toMatchObject({ code: 0, stderr: '' })
    expect(namesIn(to, 'snapshots')).toHaveLength(1)
  })
})

describeWith(['restic'], 'a copy that is asked to stop', () => {
  it('leaves no lock in either repository, and the next one finishes', async () => {
    from.write('file', noise(2, 60 * MIB))
    await from.backUp()
    const child = startHoldfast(['repo', 'copy'], { env: { ...to.env, ...fromVault(from) } })
    const ending = ended(child)
    const isLocked = (): boolean => existsSync(join(to.path, 'locks')) && namesIn(to, 'locks').length > 0
    while (!isLocked() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2))
    child.kill('SIGINT')
    const { code, stderr } = await ending
    expect(code).toBe(130)
    expect(stderr).toContain('the same command goes on from there.')
    for (const vault of [from, to]) expect(namesIn(vault, 'locks')).toEqual([])
    expect(snapshotsOf(to)).toEqual([])
    expect(await copy(from, to)).toMatchObject({ code: 0, stderr: '' })
    expect(sortedContents(to)).toEqual(sortedContents(from))
    expect(to.restic('check', '--read-data')).toContain('no errors were found')
  })
})

describeWithMounts('a copy', () => {
  describeWith(['restic'], 'that fills the disk', () => {
    it('says so, harms nothing, and goes on once there is room', async () => {
      const disk = mountSmallDisk('size=24m')
      execFileSync('cp', ['-r', to.path, disk])
      from.write('small', noise(3, MIB))
      await from.backUp()
      from.write('large', noise(4, 40 * MIB))
      await from.backUp()
      const env = { ...fromVault(from), RESTIC_REPOSITORY: join(disk, 'repository') }
      await to.holdfast(['copy', snapshotsOf(from)[0]?.id ?? ''], { env })
      const { code, stderr } = await to.holdfast(['copy'], { env })
      expect(code).toBe(1)
      expect(stderr).toContain('the disk is full')
      expect(stderr).toContain('Snapshots that were named as copied are in the destination.')
      const check = (): string =>
        to.restic('check', '--read-data', '--no-lock', '--no-cache', '--repo', join(disk, 'repository'))
      expect(check()).toContain('no errors were found')
      execFileSync('mount', ['-o', 'remount,size=128m', disk])
      expect((await to.holdfast(['copy'], { env })).stdout).toContain('1 was there already')
      expect(check()).toContain('no errors were found')
    })
  })
})

describe('holdfast repo init --copy-chunker-params', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-init-'))
    onTestFinished(() => rmSync(home, { recursive: true }))
  })

  it('makes a repository that cuts as the source does, and is another one', async () => {
    const path = join(home, 'made')
    const before = from.stored()
    expect(await init(path, ['--copy-chunker-params'])).toMatchObject({ code: 0 })
    expect(await polynomialOf(path)).toBe('25b468838dcb75')
    expect((await openRepository(openDirectoryStorage(path), 'vault')).config.id).not.toBe(from.id)
    expect(from.stored()).toEqual(before)
    // A source that is only in the environment is nothing that was asked for.
    const other = join(home, 'other')
    expect(await init(other, [])).toMatchObject({ code: 0 })
    expect(await polynomialOf(other)).not.toBe('25b468838dcb75')
  })

  it('is asked for where a source is named, and makes nothing where that cannot be opened', async () => {
    const path = join(home, 'made')
    const cases: [args: string[], env: object, code: number][] = [
      [['--from-repo', from.path], {}, 1],
      [['--from-repository-file', 'x'], {}, 1],
      [['--from-password-file', 'x'], {}, 1],
      [['--from-password-command', 'x'], {}, 1],
      [['--copy-chunker-params'], { RESTIC_FROM_PASSWORD: 'wrong' }, 12],
      [['--copy-chunker-params'], { RESTIC_FROM_REPOSITORY: join(home, 'nowhere') }, 10],
      [['--copy-chunker-params'], { RESTIC_FROM_REPOSITORY: '' }, 1],
    ]
    for (const [args, env, code] of cases) {
      const run = await init(path, args, env)
      expect([args, run.code]).toEqual([args, code])
      expect(run.stderr).toContain('Nothing was changed.')
      expect(existsSync(path)).toBe(false)
    }
  })

  it.each([
    ['25b468838dcb74', 'not an irreducible one'],
    ['b', 'degree 3'],
    ['0', 'not an irreducible one'],
  ])('refuses a source that says it cuts by %s', async (polynomial, reason) => {
    const odd = await makeVault({ name: 'odd', chunkerPolynomial: polynomial })
    const path = join(home, 'made')
    const { code, stderr } = await init(path, ['--copy-chunker-params'], fromVault(odd))
    expect(code).toBe(1)
    expect(stderr).toContain(`The source at ${odd.path}`)
    expect(stderr).toContain(reason)
    expect(existsSync(path)).toBe(false)
  })

  describeWith(['restic'], 'beside restic', () => {
    it('is understood by both, so that what was copied is found by the next backup', async () => {
      const [ours, theirs] = [join(home, 'ours'), join(home, 'theirs')]
      await init(ours, ['--copy-chunker-params'])
      const env = {
        ...process.env,
        RESTIC_PASSWORD: 'vault',
        ...fromVault(from),
        RESTIC_CACHE_DIR: join(home, 'cache'),
      }
      const args = ['init', '--repo', theirs, '--copy-chunker-params', '--from-repo', from.path]
      execFileSync('restic', args, { env, stdio: 'pipe' })
      expect(await polynomialOf(theirs)).toBe('25b468838dcb75')
      from.write('file', noise(5, 9 * MIB))
      await from.backUp()
      for (const path of [ours, theirs]) {
        expect(await from.holdfast(['copy'], { env: { ...fromVault(from), RESTIC_REPOSITORY: path } })).toMatchObject({
          code: 0,
          stderr: '',
        })
        const { summary } = await from.backUp(['--force'], { env: { RESTIC_REPOSITORY: path } })
        expect(summary).toMatchObject({ data_blobs: 0 })
      }
    })
  })
})
