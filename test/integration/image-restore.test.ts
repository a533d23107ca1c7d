import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { jsonLines, startHoldfast } from '../support/holdfast.ts'
import { makeImageVault } from '../support/image-vault.ts'
import { leaveOut } from '../support/peer/leave-out.ts'
import { isRoot } from '../support/privilege.ts'
import { PROGRAM } from '../support/program.ts'
import { firstDifference, makeDisk, randomWrites, writeDisk } from '../support/raw-disk.ts'
import { seededBytes } from '../support/seeded-chance.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

describe('holdfast repo image restore', () => {
  it.each([
    ['one byte', 1],
    ['sectors', 1024],
    ['a block and a bit', MIB + 7],
    ['an extent and a bit', GIB + 3 * MIB + 77],
  ])('brings the very disk of %s back, with holes where it has zeros', async (title, bytes) => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), bytes, randomWrites(title, bytes, 10))
    writeDisk(disk, [{ offset: bytes - 1, bytes: Buffer.from('x') }])
    await vault.backUpDisk(disk)
    const target = vault.file('out.raw')
    const plain = await vault.holdfast([
      'image',
      'restore',
      'latest',
      '--path',
      '/disk/disk.vmdk',
      '--name',
      'disk',
      '-t',
      target,
    ])
    expect(plain).toMatchObject({ code: 0, stderr: '' })
    expect(plain.stdout).toMatch(/^Restoring disk disk of snapshot [0-9a-f]{8}, .* to .*out\.raw\.\nRestored .*\n$/)
    expect(firstDifference(disk, target)).toBeUndefined()
    expect(statSync(target).mode & 0o777).toBe(0o600)
    const verified = await vault.restoreDisk(target, '--overwrite', '--verify', '--no-lock', '--workers', '3')
    expect(verified).toMatchObject({ code: 0, summary: { disk_bytes: bytes, verified: true, bytes_damaged: 0 } })
    expect(firstDifference(disk, target)).toBeUndefined()
    // A block is written whole or not at all.
    expect(statSync(target).blocks * 512).toBeLessThanOrEqual(21 * MIB)
    expect(readdirSync(vault.file('')).filter((name) => name.startsWith('.holdfast-part'))).toEqual([])
  })

  it('leaves what is there alone unless it is told otherwise, and follows a link', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 2 * MIB, [{ offset: 0, bytes: seededBytes('disk', MIB) }])
    await vault.backUpDisk(disk)
    writeFileSync(vault.file('mine'), 'mine')
    symlinkSync('mine', vault.file('link'))
    mkdirSync(vault.file('folder'))
    for (const [target, reason] of [
      ['mine', 'is there already'],
      ['link', 'is there already'],
      ['folder', 'is neither a regular file nor a block device'],
      ['nowhere/out', 'cannot be opened'],
    ] as const) {
      const overwrite = target === 'folder' ? ['--overwrite'] : []
      const { code, stderr } = await vault.restoreDisk(vault.file(target), ...overwrite)
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) as string })
    }
    expect(readFileSync(vault.file('mine'), 'utf8')).toBe('mine')
    const inside = await vault.restoreDisk(join(vault.path, 'data/disk.raw'))
    expect(inside.stderr).toContain('nothing is restored into one')
    expect((await vault.restoreDisk(vault.file('link'), '--overwrite')).code).toBe(0)
    expect(firstDifference(disk, vault.file('mine'))).toBeUndefined()
    expect(existsSync(vault.file('link'))).toBe(true)
  })

  it('says so where there is no such disk or snapshot', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), MIB)
    await vault.backUpDisk(disk)
    for (const [args, reason] of [
      [['--name', 'other'], 'has no disk called other'],
      [['--name', 'disk', '--host', 'nobody'], 'fits the filter'],
      [['--name', 'disk', '--tag', 'none'], 'fits the filter'],
      [['--name', '../x'], 'cannot be the name of a disk'],
    ] as const) {
      const { code, stderr } = await vault.restoreDisk(vault.file('out.raw'), ...args)
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) as string })
    }
    vault.write('file', 'no disk')
    const { summary } = await vault.backUp()
    expect((await vault.restoreDisk(vault.file('of-the-newest.raw'))).code).toBe(0)
    const folder = await vault.holdfast([
      'image',
      'restore',
      String(summary['snapshot_id']),
      '--name',
      'disk',
      '-t',
      'x',
    ])
    expect(folder.stderr).toContain('has no disk called disk')
    expect(existsSync(vault.file('out.raw'))).toBe(false)
  })

  it('needs room for what is not zeros, and asks before', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 64 * MIB, [{ offset: 0, bytes: seededBytes('disk', 20 * MIB) }])
    await vault.backUpDisk(disk)
    if (!isRoot) {
      leaveOut('a target that is too small for a disk', 'not root')
      return
    }
    const small = vault.file('small')
    mkdirSync(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', small])
    try {
      const { code, stderr } = await vault.restoreDisk(join(small, 'out.raw'))
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/needs 20\.0 MiB, and 16\.0 MiB are free/) as string,
      })
      expect(readdirSync(small)).toEqual([])
    } finally {
      execFileSync('umount', [small])
    }
  })

  it('says what the file system does not take, and leaves nothing there', async () => {
    const vault = await makeImageVault()
    await vault.backUpDisk(makeDisk(vault.file('disk.raw'), 8 * MIB))
    mkdirSync(vault.file('out'))
    const command = [process.execPath, PROGRAM, 'repo', 'image', 'restore', 'latest', '--name', 'disk']
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -f 2000; exec "$@"', 'sh', ...command, '--target', vault.file('out/out.raw')],
      { env: { ...process.env, ...vault.env }, encoding: 'utf8' },
    )
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('out.raw cannot be made so large (EFBIG)') as string,
    })
    expect(readdirSync(vault.file('out'))).toEqual([])
  })

  it('leaves nothing that looks whole when it is stopped', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 300 * MIB)
    writeFileSync(disk, seededBytes('much', 300 * MIB))
    await vault.backUpDisk(disk)
    const target = vault.file('out/out.raw')
    mkdirSync(vault.file('out'))
    const args = ['repo', 'image', 'restore', 'latest', '--name', 'disk', '--target', target]
    const child = startHoldfast(args, { env: vault.env })
    child.stdout.once('data', () => child.kill('SIGINT'))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
    expect(readdirSync(vault.file('out'))).toEqual([])
    expect(readdirSync(join(vault.path, 'locks'))).toEqual([])
  })

  it('has its name only when it is whole: killed, it leaves a part, which the next one removes', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 300 * MIB)
    writeFileSync(disk, seededBytes('much', 300 * MIB))
    await vault.backUpDisk(disk)
    const folder = vault.file('out')
    mkdirSync(folder)
    const args = ['repo', 'image', 'restore', 'latest', '--name', 'disk', '--target', join(folder, 'out.raw')]
    const child = startHoldfast(args, { env: vault.env })
    const watch = setInterval(() => {
      if (readdirSync(folder).length > 0) child.kill('SIGKILL')
    }, 1)
    await new Promise((resolve) => child.once('close', resolve))
    clearInterval(watch)
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.holdfast-part-/)])
    expect((await vault.restoreDisk(join(folder, 'out.raw'))).code).toBe(0)
    expect(readdirSync(folder)).toEqual(['out.raw'])
    expect(firstDifference(disk, join(folder, 'out.raw'))).toBeUndefined()
  })
})

/** A repository whose data packs are small, and its disk. */
async function makeDamageable() {
  const vault = await makeImageVault()
  const disk = makeDisk(vault.file('disk.raw'), 40 * MIB)
  writeFileSync(disk, seededBytes('disk', 40 * MIB))
  await vault.backUpDisk(disk, '--pack-size', '4', '--workers', '1')
  const pack = readdirSync(join(vault.path, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((path) => statSync(path).size > 4 * MIB)
  return { vault, disk, pack: pack ?? '' }
}

describe('a disk of which some is damaged', () => {
  it.each([
    ['a bit is wrong', (pack: string) => writeDisk(pack, [{ offset: 1_500_000, bytes: Buffer.from('damage') }]), 1],
    ['a pack is cut off', (pack: string) => truncateSync(pack, 2_500_000), 2],
    ['a pack is gone', (pack: string) => rmSync(pack), 4],
  ])('is not restored where %s, unless zeros will do', async (_title, damage, blocks) => {
    const { vault, disk, pack } = await makeDamageable()
    damage(pack)
    const target = vault.file('out.raw')
    const refused = await vault.restoreDisk(target)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/Bytes \d+ to \d+ of disk disk cannot be restored/)
    expect(refused.stderr).toContain('No file was made')
    expect(refused.stderr).toContain('--skip-damaged')
    expect(readdirSync(vault.file('')).filter((name) => name.includes('out') || name.includes('part'))).toEqual([])
    const skipped = await vault.restoreDisk(target, '--skip-damaged', '--verify')
    expect(skipped.code).toBe(3)
    expect(skipped.summary).toMatchObject({ bytes_damaged: blocks * MIB })
    const named = jsonLines(skipped.stdout).filter(({ during }) => during === 'restore')
    const [whole, back] = [readFileSync(disk), readFileSync(target)]
    for (const { offset, length } of named as { offset: number; length: number }[])
      whole.fill(0, offset, offset + length)
    expect(named).toHaveLength(blocks)
    expect(whole.equals(back)).toBe(true)
  })

  it('has what is lost read again by the next backup, which says so', async () => {
    const { vault, disk, pack } = await makeDamageable()
    rmSync(pack)
    writeFileSync(vault.file('none.json'), '[]')
    const again = await vault.backUpDisk(disk, '--changed', vault.file('none.json'))
    expect(again.code).toBe(3)
    expect(again.summary).toMatchObject({ blocks_read_again: 4, bytes_read: 4 * MIB, data_blobs: 4, missing_packs: 1 })
    expect((await vault.restoreDisk(vault.file('out.raw'), '--verify')).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
  })

  it('is read again as a whole where its tree is lost', async () => {
    const { vault, disk } = await makeDamageable()
    // What holds trees only is small.
    for (const entry of readdirSync(join(vault.path, 'data'), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && statSync(path).size < MIB) rmSync(path)
    }
    writeFileSync(vault.file('none.json'), '[]')
    const again = await vault.backUpDisk(disk, '--changed', vault.file('none.json'))
    expect(again.code).toBe(3)
    expect(again.stdout).toContain('All of the disk is read')
    expect(again.summary).toMatchObject({ bytes_read: 40 * MIB })
    expect((await vault.restoreDisk(vault.file('out.raw'), '--verify')).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
  })
})
