import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { backUp } from '../../core/archiver/index.ts'
import {
  guardStorage,
  initRepository,
  listPresentPacks,
  lockRepository,
  openRepository,
} from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { describeWithMounts, mountSmallDisk } from '../conformance/small-disk.ts'
import { backupOptions } from '../support/backup-options.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { readFiles } from '../support/small-repository.ts'

const MIB = 1024 * 1024
const PASSWORD = 'full'

async function backUpAll(location: string, folder: string): Promise<string> {
  const storage = openDirectoryStorage(location)
  await storage.prepare()
  const presentPacks = listPresentPacks(storage)
  const repository = await openRepository(storage, PASSWORD)
  const lock = await lockRepository(repository, { exclusive: false })
  try {
    const guarded = repository.over(guardStorage(storage, lock))
    const { snapshot = '' } = await backUp(
      guarded,
      guarded.loadIndex({ purpose: 'refer', presentPacks }),
      backupOptions(folder, { workers: 2, packBytes: 4 * MIB, signal: lock.signal }),
    )
    return snapshot
  } finally {
    await lock.release()
  }
}

describeWithMounts('a backup', () => {
  describeWith(['restic'], 'that fills the disk', () => {
    it('fails as storage/full, harms nothing, and succeeds once there is room', async () => {
      const disk = mountSmallDisk('size=24m')
      const home = mkdtempSync(join(tmpdir(), 'holdfast-full-'))
      onTestFinished(() => rmSync(home, { recursive: true, force: true }))
      const [location, folder] = [join(disk, 'repository'), join(home, 'source')]
      const env = { ...process.env, RESTIC_REPOSITORY: location, RESTIC_PASSWORD: PASSWORD }
      const restic = (...args: string[]) =>
        execFileSync('restic', ['--no-cache', ...args], { env, encoding: 'utf8', stdio: 'pipe' })
      const restoredOf = async (snapshot: string) => {
        const target = join(home, snapshot)
        restic('--no-lock', 'restore', snapshot, '--target', target)
        return readFiles(join(target, folder))
      }
      await initRepository(openDirectoryStorage(location), {
        password: PASSWORD,
        owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
        chunkerPolynomial: '25b468838dcb75',
      })
      await cheapenKey(location, PASSWORD)
      const chance = seededChance(5)
      mkdirSync(folder)
      for (let file = 0; file < 5; file++) writeFileSync(join(folder, `a${file}`), chance.fill(Buffer.alloc(MIB)))
      const first = await backUpAll(location, folder)
      const before = await readFiles(folder)

      for (let file = 0; file < 30; file++) writeFileSync(join(folder, `b${file}`), chance.fill(Buffer.alloc(MIB)))
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(backUpAll(location, folder)).rejects.toMatchObject({
          code: 'storage/full',
          safety: expect.any(String) as string,
          remedy: expect.any(String) as string,
        })
        // restic itself has no room for a lock.
        expect(restic('--no-lock', 'check', '--read-data')).toContain('no errors were found')
        expect(await restoredOf(first)).toEqual(before)
        rmSync(join(home, first), { recursive: true })
      }

      execFileSync('mount', ['-o', 'remount,size=128m', disk])
      const second = await backUpAll(location, folder)
      expect(restic('check', '--read-data')).toContain('no errors were found')
      expect(await restoredOf(second)).toEqual(await readFiles(folder))
      expect(await restoredOf(first)).toEqual(before)
    })

    it('ends the program with 1, says what is safe and what to do, and leaves no lock', async () => {
      const disk = mountSmallDisk('size=24m')
      const home = mkdtempSync(join(tmpdir(), 'holdfast-full-'))
      onTestFinished(() => rmSync(home, { recursive: true, force: true }))
      const [location, folder] = [join(disk, 'repository'), join(home, 'source')]
      const holdfast = (command: string, ...args: string[]) =>
        runHoldfast(['repo', command, '-r', location, ...args], { env: { RESTIC_PASSWORD: PASSWORD } })
      const chance = seededChance(6)
      mkdirSync(folder)
      for (let file = 0; file < 30; file++) writeFileSync(join(folder, `${file}`), chance.fill(Buffer.alloc(MIB)))
      expect((await holdfast('init')).code).toBe(0)
      const full = await holdfast('backup', folder, '--json')
      expect(full.code).toBe(1)
      expect(jsonLines(full.stderr).at(-1)).toMatchObject({
        message_type: 'exit_error',
        error: 'storage/full',
        safety: expect.stringContaining('No snapshot was made.') as string,
        remedy: expect.any(String) as string,
      })
      expect(readdirSync(join(location, 'locks'))).toEqual([])
      expect(readdirSync(join(location, 'snapshots'))).toEqual([])
      execFileSync('mount', ['-o', 'remount,size=128m', disk])
      expect((await holdfast('backup', folder)).code).toBe(0)
      expect(await holdfast('check', '--read-data')).toMatchObject({ code: 0 })
      expect((await holdfast('restore', 'latest', '--target', join(home, 'back'))).code).toBe(0)
      expect(await readFiles(join(home, 'back', folder))).toEqual(await readFiles(folder))
    })
  })
})
