import { readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import type { CoreError } from '../../core/base/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { CONFIG, handle, isSame, listAll, numberedBody } from './fixture.ts'
import { describeWithMounts, mountSmallDisk, remount } from './small-disk.ts'

const MEBIBYTE = 1024 * 1024

const failureOf = (work: Promise<unknown>): Promise<CoreError> =>
  work.then(
    () => expect.unreachable('it succeeded'),
    (error: CoreError) => error,
  )

const freeBytes = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

const namesBelow = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' })

describeWithMounts('a directory on a small disk', () => {
  it('says storage/full with the numbers, leaves nothing behind, and goes on when there is room again', async () => {
    const folder = mountSmallDisk('size=4m')
    const storage = openDirectoryStorage(folder)
    await storage.prepare()
    await storage.save(CONFIG, new Uint8Array(100))
    for (let number = 0; number < 3; number++) {
      await storage.save(handle('pack', number), numberedBody(MEBIBYTE, number))
    }
    const free = freeBytes(folder)
    const names = namesBelow(folder)

    const error = await failureOf(storage.save(handle('pack', 3), numberedBody(2 * MEBIBYTE, 3)))
    expect(error).toMatchObject({ code: 'storage/full', retryable: false, cause: { code: 'ENOSPC' } })
    expect(error.context).toMatchObject({ needed: 2 * MEBIBYTE, free, location: folder, kind: 'pack' })
    expect(error.message).toContain(`the disk is full: ${2 * MEBIBYTE} bytes were to be stored, ${free} are free`)
    expect([error.safety, error.remedy]).toEqual([expect.stringContaining('unharmed'), expect.stringContaining(folder)])
    expect(namesBelow(folder)).toEqual(names)
    expect(freeBytes(folder)).toBe(free)

    await storage.remove(handle('pack', 0))
    await storage.save(handle('pack', 3), numberedBody(MEBIBYTE + 1000, 3))
    expect(isSame(await storage.load(handle('pack', 3)), numberedBody(MEBIBYTE + 1000, 3))).toBe(true)
    expect(isSame(await storage.load(handle('pack', 1)), numberedBody(MEBIBYTE, 1))).toBe(true)
  })

  it('keeps what fits when many saves at once fill the disk', async () => {
    const folder = mountSmallDisk('size=4m')
    const storage = openDirectoryStorage(folder)
    await storage.prepare()
    const saves = Array.from({ length: 16 }, (_, number) =>
      storage.save(handle('pack', number), numberedBody(MEBIBYTE / 2, number)),
    )
    const results = await Promise.allSettled(saves)
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(new Set(failures)).toEqual(new Set(['storage/full']))
    const saved = results.flatMap(({ status }, number) => (status === 'fulfilled' ? [handle('pack', number).name] : []))
    const files = await listAll(storage, 'pack')
    expect(files.map(({ name }) => name).toSorted()).toEqual(saved.toSorted())
    expect(files.every(({ size }) => size === MEBIBYTE / 2)).toBe(true)
    expect(namesBelow(folder).filter((name) => name.includes('-tmp-'))).toEqual([])
  })

  it('does not keep a config that did not fit', async () => {
    const folder = mountSmallDisk('size=1m')
    const storage = openDirectoryStorage(folder)
    await storage.prepare()
    await expect(storage.save(CONFIG, new Uint8Array(2 * MEBIBYTE))).rejects.toMatchObject({ code: 'storage/full' })
    await expect(storage.stat(CONFIG)).rejects.toMatchObject({ code: 'storage/not-found' })
    await storage.save(CONFIG, new Uint8Array(10))
  })

  it('tells a disk without room for more files from one without room for more bytes', async () => {
    const folder = mountSmallDisk('size=4m,nr_inodes=280')
    const storage = openDirectoryStorage(folder)
    await storage.prepare()
    const fill = async (): Promise<void> => {
      for (let number = 0; number < 100; number++) await storage.save(handle('key', number), new Uint8Array(1))
    }
    const error = await failureOf(fill())
    expect(error).toMatchObject({ code: 'storage/full', context: { needed: 1 } })
    expect(error.message).toContain('cannot hold more files')
  })

  it('says storage/readonly when the disk was mounted for reading only, and still reads', async () => {
    const folder = join(mountSmallDisk('size=4m'), 'repository')
    const storage = openDirectoryStorage(folder)
    await storage.prepare()
    await storage.save(handle('key', 1), numberedBody(10, 1))
    remount(join(folder, '..'), 'ro')
    await expect(storage.save(handle('key', 2), new Uint8Array(1))).rejects.toMatchObject({ code: 'storage/readonly' })
    await expect(storage.remove(handle('key', 1))).rejects.toMatchObject({ code: 'storage/readonly' })
    expect(isSame(await storage.load(handle('key', 1)), numberedBody(10, 1))).toBe(true)
  })
})
