import {
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import type { RestoreProblem } from '../../core/restorer/index.ts'
import { describeWithMounts, mountBelow, mountSmallDisk, remount } from '../conformance/small-disk.ts'
import { listTree } from '../support/folder-listing.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024

describeWithMounts('room where a restore writes', () => {
  let scene: RestoreScene
  /** Files of 1 MiB each. */
  let source = ''
  let tree: Buffer

  async function backUp(name: string, fill: (folder: string) => void): Promise<Buffer> {
    const folder = scene.path(name)
    mkdirSync(folder)
    fill(folder)
    return scene.backUp(folder)
  }

  beforeAll(async () => {
    scene = await makeRestoreScene()
    source = scene.path('source')
    const chance = seededChance(21)
    tree = await backUp('source', (folder) => {
      for (let file = 0; file < 5; file++) writeFileSync(join(folder, `${file}`), chance.fill(Buffer.alloc(MIB)))
    })
  })
  afterAll(() => scene[Symbol.dispose]())

  it('FS-22, FS-23: is counted first: refused with the numbers, nothing fetched or written', async () => {
    const disk = mountSmallDisk('size=3m')
    scene.counted.reset()
    const failure = await scene.restore(tree, disk).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(CoreError)
    expect(failure).toMatchObject({
      code: 'target/full',
      message: `Restoring to ${disk} needs 5.00 MiB, and 3.00 MiB are free there.`,
      safety: expect.stringContaining('No file was written') as string,
      remedy: expect.stringContaining('Free 2.00 MiB') as string,
      context: { needed: 5 * MIB, free: 3 * MIB },
    })
    expect(readdirSync(disk)).toEqual([])
    expect(scene.counted.reads).toEqual([])
  })

  it('FS-23: ends the program with 1, and the numbers on standard error', async () => {
    const disk = mountSmallDisk('size=3m')
    const args = ['repo', 'restore', '-r', scene.location, 'latest', '--target', disk]
    const { code, stderr } = await runHoldfast(args, { env: { RESTIC_PASSWORD: scene.password } })
    expect(code).toBe(1)
    expect(stderr).toContain('needs 5.00 MiB, and 3.00 MiB are free there.\nNo file was written')
    expect(readdirSync(disk)).toEqual([])
  })

  it.each([{ mostEntries: 2 }, {}])('is not asked for twice by what is there already: %j', async (options) => {
    const disk = mountSmallDisk('size=6m')
    await scene.restore(tree, disk)
    writeFileSync(join(disk, '1'), 'cut off and altered')
    utimesSync(join(disk, '2'), 1, 1)
    const { problems } = await scene.restore(tree, disk, options)
    expect(problems).toEqual([])
    expect(listTree(disk)).toEqual(listTree(source))
  })

  it('is needed for what is missing of a restore that has half of its files', async () => {
    const disk = mountSmallDisk('size=3m')
    for (const name of ['0', '1']) writeFileSync(join(disk, name), Buffer.alloc(MIB))
    await expect(scene.restore(tree, disk, { mostEntries: 2 })).rejects.toMatchObject({
      code: 'target/full',
      context: { needed: 3 * MIB, free: MIB },
    })
  })

  it('is not needed for files that are kept', async () => {
    const disk = mountSmallDisk('size=3m')
    for (const name of ['0', '1', '2', '3']) writeFileSync(join(disk, name), 'mine')
    await expect(scene.restore(tree, disk, { overwrite: 'always' })).rejects.toMatchObject({ code: 'target/full' })
    expect((await scene.restore(tree, disk, { overwrite: 'never' })).problems).toEqual([])
    expect(lstatSync(join(disk, '4')).size).toBe(MIB)
  })

  it('is needed once for a file with several names', async () => {
    const chance = seededChance(22)
    const linked = await backUp('linked', (folder) => {
      writeFileSync(join(folder, '0'), chance.fill(Buffer.alloc(2 * MIB)))
      for (const name of ['1', '2', '3']) linkSync(join(folder, '0'), join(folder, name))
      writeFileSync(join(folder, 'there'), chance.fill(Buffer.alloc(2 * MIB)))
    })
    const disk = mountSmallDisk('size=5m')
    // So that it is less than all of it, and has to be counted name by name.
    cpSync(join(scene.path('linked'), 'there'), join(disk, 'there'), { preserveTimestamps: true })
    const { problems, restored } = await scene.restore(linked, disk)
    expect(problems).toEqual([])
    expect(restored).toMatchObject({ bytesTotal: 4 * MIB, bytesDone: 4 * MIB })
    expect(listTree(disk)).toEqual(listTree(scene.path('linked')))
    // It has no room for a second one, and needs none: all is as it was.
    expect((await scene.restore(linked, disk)).problems).toEqual([])
  })

  it('is not needed for runs of zeros with --sparse', async () => {
    const zeros = await backUp('zeros', (folder) => writeFileSync(join(folder, 'disk'), Buffer.alloc(8 * MIB)))
    const disk = mountSmallDisk('size=1m')
    await expect(scene.restore(zeros, disk)).rejects.toMatchObject({ code: 'target/full' })
    expect((await scene.restore(zeros, disk, { sparse: true })).problems).toEqual([])
    expect(listTree(disk)).toEqual(listTree(scene.path('zeros')))
  })

  it('that ends in the middle ends the restore, which goes on where it was once there is some', async () => {
    const disk = mountSmallDisk('size=8m,nr_inodes=40')
    // Before the first content is read, so after the room was counted.
    scene.counted.delay = async () => {
      scene.counted.delay = undefined
      remount(disk, 'rw,nr_inodes=4')
    }
    await expect(scene.restore(tree, disk)).rejects.toMatchObject({
      code: 'target/full',
      safety: expect.stringContaining('What was restored before it stays') as string,
    })
    expect(readdirSync(disk).length).toBeGreaterThan(0)
    remount(disk, 'rw,nr_inodes=100')
    expect((await scene.restore(tree, disk)).problems).toEqual([])
    expect(listTree(disk)).toEqual(listTree(source))
  })

  it('that somebody else takes meanwhile ends the restore at the first file, which is told once', async () => {
    const disk = mountSmallDisk('size=6m')
    const filler = join(disk, 'filler')
    // Before the first content is read, so after the room was counted.
    scene.counted.delay = async () => {
      scene.counted.delay = undefined
      writeFileSync(filler, Buffer.alloc(4 * MIB))
    }
    const problems: RestoreProblem[] = []
    const onProblem = (problem: RestoreProblem): void => void problems.push(problem)
    await expect(scene.restore(tree, disk, { onProblem })).rejects.toMatchObject({
      code: 'target/full',
      message: expect.stringMatching(/^[0-4] finds no room \(ENOSPC\)$/) as string,
      safety: expect.stringContaining('What was restored before it stays') as string,
      remedy: expect.stringContaining('Make room on the file system that is restored to') as string,
    })
    expect(problems).toEqual([])
    rmSync(filler)
    expect((await scene.restore(tree, disk)).problems).toEqual([])
    expect(listTree(disk)).toEqual(listTree(source))
  })

  let lists = 0
  /** A file, whose content is read first, eight folders and eight links. */
  const backUpNames = (): Promise<Buffer> =>
    backUp(`names ${++lists}`, (folder) => {
      writeFileSync(join(folder, 'a file'), 'content')
      for (let each = 0; each < 8; each++) mkdirSync(join(folder, `folder ${each}`))
      for (let each = 0; each < 8; each++) symlinkSync('somewhere', join(folder, `link ${each}`))
    })

  it('for names is counted first, too: refused with the numbers', async () => {
    const names = await backUpNames()
    // The root of the disk is one, too. Of a tree that is half there only what is missing is counted.
    for (const there of [[], ['a file', 'link 0']]) {
      const disk = mountSmallDisk('size=1m,nr_inodes=12')
      for (const name of there) writeFileSync(join(disk, name), '')
      const [wanted, free] = [17 - there.length, 11 - there.length]
      await expect(scene.restore(names, disk)).rejects.toMatchObject({
        code: 'target/full',
        message: `Restoring to ${disk} makes ${wanted} entries, and its file system has room for ${free}.`,
        context: { neededEntries: wanted, freeEntries: free },
      })
      expect(readdirSync(disk).toSorted()).toEqual(there)
    }
  })

  it('for names that ends in the middle is told once: folders, links', async () => {
    const names = await backUpNames()
    for (const inodes of [4, 12]) {
      const disk = mountSmallDisk('size=1m,nr_inodes=100')
      scene.counted.delay = async () => {
        scene.counted.delay = undefined
        remount(disk, `rw,nr_inodes=${inodes}`)
      }
      const problems: RestoreProblem[] = []
      const onProblem = (problem: RestoreProblem): void => void problems.push(problem)
      await expect(scene.restore(names, disk, { onProblem, mostEntries: 1 })).rejects.toMatchObject({
        code: 'target/full',
      })
      expect(problems).toEqual([])
      expect(readdirSync(disk)).toHaveLength(inodes - 1)
    }
  })

  it('FS-22: is that of each file system that is mounted below the target', async () => {
    const parts = await backUp('parts', (folder) => {
      for (const part of ['large', 'small']) {
        mkdirSync(join(folder, part))
        writeFileSync(join(folder, part, 'file'), seededChance(part).fill(Buffer.alloc(4 * MIB)))
      }
    })
    // Less than all of it at the root, and enough where it belongs.
    const disk = mountSmallDisk('size=5m')
    mkdirSync(join(disk, 'large'))
    const { unmount } = mountBelow(join(disk, 'large'), 'size=5m')
    try {
      expect((await scene.restore(parts, disk)).problems).toEqual([])
      expect(listTree(disk)).toEqual(listTree(scene.path('parts')))
    } finally {
      unmount()
    }
    // Enough at the root for all, and too little where it belongs.
    const other = mountSmallDisk('size=20m')
    mkdirSync(join(other, 'small'))
    const below = mountBelow(join(other, 'small'), 'size=3m')
    try {
      await expect(scene.restore(parts, other)).rejects.toMatchObject({
        message: `Restoring to ${join(other, 'small')} needs 4.00 MiB, and 3.00 MiB are free there.`,
      })
      expect(readdirSync(other)).toEqual(['small'])
    } finally {
      below.unmount()
    }
  })

  it('is counted in blocks where files take whole ones', async () => {
    const tiny = await backUp('tiny', (folder) => {
      for (let each = 0; each < 300; each++) writeFileSync(join(folder, `${each}`), `${each}`)
    })
    const disk = mountSmallDisk('size=1m')
    await expect(scene.restore(tiny, disk)).rejects.toMatchObject({
      context: { needed: 300 * 4096, free: MIB },
    })
    expect(readdirSync(disk)).toEqual([])
  })

  it('is refused as a whole where nothing can be written: a read-only file system', async () => {
    const disk = mountSmallDisk('size=8m')
    remount(disk, 'ro')
    for (const dryRun of [true, false]) {
      await expect(scene.restore(tree, disk, { dryRun })).rejects.toMatchObject({
        code: 'target/refused',
        message: `Nothing can be restored to ${disk}: its file system is read-only.`,
        safety: expect.stringContaining('No file was written') as string,
      })
    }
    // Where all is there, and nothing is to be written, it may be verified.
    remount(disk, 'rw')
    await scene.restore(tree, disk)
    remount(disk, 'ro')
    expect((await scene.restore(tree, disk, { verify: true, overwrite: 'if-changed' })).problems).toEqual([])
  })

  it('FS-23: is counted by a dry run, too, which makes nothing', async () => {
    const disk = mountSmallDisk('size=3m')
    for (const target of [disk, join(disk, 'not/there')]) {
      await expect(scene.restore(tree, target, { dryRun: true })).rejects.toMatchObject({
        code: 'target/full',
        message: `Restoring to ${target} needs 5.00 MiB, and 3.00 MiB are free there.`,
      })
    }
    remount(disk, 'size=8m')
    for (const target of [disk, join(disk, 'not/there')])
      expect((await scene.restore(tree, target, { dryRun: true })).restored.filesTotal).toBe(5)
    expect(readdirSync(disk)).toEqual([])
  })
})
