import { execFileSync } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { createCraft } from '../support/crafted-tree.ts'
import { jsonLines, startHoldfast } from '../support/holdfast.ts'
import { type ImageRun, type ImageVault, makeImageVault } from '../support/image-vault.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type DiskWrite, firstDifference, makeDisk, randomWrites, writeDisk } from '../support/raw-disk.ts'
import { seededBytes } from '../support/seeded-chance.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const TIB = 2 ** 40

/** Restores the latest snapshot with restic, makes a raw disk of it with qemu, and compares that. */
function expectQemuReads(vault: ImageVault, disk: string): void {
  const bytes = statSync(disk).size
  const [out, back] = [vault.file('out'), vault.file('back.raw')]
  vault.restic('restore', 'latest', '--target', out)
  const args = ['convert', '-f', 'vmdk', '-O', 'raw', 'out/disk/disk.vmdk', 'back.raw']
  execFileSync('qemu-img', args, { cwd: vault.file('') })
  // In whole sectors.
  expect(statSync(back).size).toBe(Math.ceil(bytes / 512) * 512)
  truncateSync(back, bytes)
  expect(firstDifference(disk, back)).toBeUndefined()
  rmSync(out, { recursive: true })
}

/** Writes to the disk, and backs up the areas that were written to. */
async function backUpWrites(vault: ImageVault, disk: string, writes: readonly DiskWrite[]): Promise<ImageRun> {
  writeDisk(disk, writes)
  const areas = writes.map(({ offset, bytes: { length } }) => ({ offset, length }))
  writeFileSync(vault.file('areas.json'), JSON.stringify(areas))
  return vault.backUpDisk(disk, '--changed', vault.file('areas.json'))
}

it('a disk and a folder of one name and host are two sources', async () => {
  const vault = await makeImageVault()
  const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('disk', 3 * MIB, 5))
  const made = await vault.backUpDisk(disk, '--name', 'crafted', '--host', 'host', '--time', '2026-02-01 00:00:00')
  const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
  const craft = createCraft(repository)
  const tree = craft.tree(craft.folder('crafted', craft.tree(craft.file('file', 'x'))))
  await craft.store()
  // Of `/crafted`, and later.
  const folder = await storeSnapshot(repository, tree.toString('hex'))
  const listed = async (path: string) =>
    jsonLines((await vault.holdfast(['snapshots', '--path', path, '--json'])).stdout).flatMap(({ id }) => id ?? [])
  expect(await listed('/crafted')).toEqual([folder])
  expect(await listed('/crafted/disk.vmdk')).toEqual([made.summary['snapshot_id']])
  const ls = await vault.holdfast(['ls', 'latest', '--path', '/crafted/disk.vmdk'])
  expect(ls.stdout.split('\n')).toContain('/crafted/disk.vmdk')
  const forgotten = await vault.holdfast(['forget', '--keep-last', '1'])
  expect(forgotten.code).toBe(0)
  expect(await listed('/crafted/disk.vmdk')).toHaveLength(1)
  const target = vault.file('out.raw')
  expect((await vault.restoreDisk(target, '--name', 'crafted')).code).toBe(0)
  expect(firstDifference(disk, target)).toBeUndefined()
})

describeWith(['restic', 'qemu'], 'a disk that was backed up, and restic and qemu', () => {
  it.each([
    ['one byte', 1],
    ['a sector', 512],
    ['a sector and a byte', 513],
    ['a block', MIB],
    ['a block and a bit', MIB + 5],
    ['an extent', GIB],
    ['an extent and a byte', GIB + 1],
    ['extents and a half', 3 * GIB + 7_654_321],
  ])('of %s: restic checks and restores it, and qemu makes the very disk of it', async (title, bytes) => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), bytes, randomWrites(title, bytes, 12))
    writeDisk(disk, [{ offset: bytes - 1, bytes: Buffer.from('x') }])
    const { code, stderr, summary } = await vault.backUpDisk(disk)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(summary).toMatchObject({ disk_bytes: bytes, block_bytes: MIB, extent_bytes: GIB })
    expectQemuReads(vault, disk)
    const later = await backUpWrites(vault, disk, randomWrites(`${title} later`, bytes, 3))
    expect(later).toMatchObject({ code: 0, stderr: '' })
    expectQemuReads(vault, disk)
    vault.restic('check', '--read-data')
  })

  it('of blocks of 4 MiB, which a disk of more than 2 TiB has and keeps when it is made smaller', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 2 * TIB + 512, randomWrites('large', 5 * GIB, 8))
    const layout = { block_bytes: 4 * MIB, extent_bytes: 5 * GIB }
    expect((await vault.backUpDisk(disk)).summary).toMatchObject(layout)
    const bytes = 5 * GIB + 9_876_543
    truncateSync(disk, bytes)
    expect((await vault.backUpDisk(disk)).summary).toMatchObject({ disk_bytes: bytes, ...layout })
    const writes = [...randomWrites('larger', bytes, 4, 9_000_000), { offset: bytes - 1, bytes: Buffer.from('x') }]
    const { summary } = await backUpWrites(vault, disk, writes)
    expect(summary).toMatchObject({ ...layout, extents_changed: 2 })
    expectQemuReads(vault, disk)
    vault.restic('check', '--read-data')
  })

  it('extents of zeros have one tree and one block, and restic sees them change by their times', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 5 * GIB, [{ offset: 0, bytes: Buffer.from('first') }])
    const { summary } = await vault.backUpDisk(disk)
    // Root, disk, extents, the extent of data, that of zeros; a block of data, that of zeros, two documents.
    expect(summary).toMatchObject({ tree_blobs: 5, data_blobs: 4, bytes_read: MIB })
    const out = vault.file('out')
    vault.restic('restore', 'latest', '--target', out)
    const file = join(out, 'disk/extents/0003/flat.vmdk')
    expect(statSync(file)).toMatchObject({ mtimeMs: 0, size: GIB })
    writeDisk(disk, [{ offset: 2 * GIB + 5, bytes: Buffer.from('second') }])
    expect((await vault.backUpDisk(disk)).summary).toMatchObject({ extents_changed: 1, extents_unmodified: 4 })
    const before = statSync(file).mtimeMs
    vault.restic('restore', 'latest', '--target', out)
    expect(statSync(file).mtimeMs).toBeGreaterThan(before)
    expect(readFileSync(file).toString('latin1', 5, 11)).toBe('second')
  })
})

describe('holdfast repo image backup', () => {
  it('stores zeros that are read as it does those of a hole: one block, one tree of an extent', async () => {
    const vault = await makeImageVault()
    const written = Array.from({ length: 64 }, (_, at) => ({
      offset: GIB + at * 16 * MIB,
      bytes: Buffer.alloc(16 * MIB),
    }))
    const disk = makeDisk(vault.file('disk.raw'), 3 * GIB, [{ offset: 0, bytes: Buffer.from('x') }, ...written])
    const { summary } = await vault.backUpDisk(disk)
    // Root, disk, extents, the extent of data, that of zeros; a block of data, that of zeros, two documents.
    expect(summary).toMatchObject({ tree_blobs: 5, data_blobs: 4, bytes_read: GIB + MIB })
  })

  it('says what it did, to people and to programs', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, [{ offset: MIB, bytes: seededBytes('content', MIB) }])
    const first = await vault.holdfast([
      'image',
      'backup',
      disk,
      '--name',
      'a disk',
      '--tag',
      'x,y',
      '--host',
      'elsewhere',
    ])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toMatch(
      /^Backing up .*disk\.raw, 3\.00 MiB in blocks of 1\.00 MiB\.\nExtents: 1 new, 0 changed, 0 unmodified\.\nAdded .*\nProcessed 3\.00 MiB, of which 1\.00 MiB were read, in .*\nSnapshot [0-9a-f]{8} saved\.\n$/,
    )
    const [snapshot] = jsonLines((await vault.holdfast(['snapshots', '--json'])).stdout)
    expect(snapshot).toMatchObject({ hostname: 'elsewhere', tags: ['x', 'y'], paths: ['/a disk/disk.vmdk'] })
    const quiet = await vault.holdfast(['image', 'backup', disk, '--name', 'a disk', '--host', 'elsewhere', '-q'])
    expect(quiet).toMatchObject({ code: 0, stderr: '', stdout: '' })
    const again = await vault.backUpDisk(disk, '--name', 'a disk', '--host', 'elsewhere', '--workers', '1')
    expect(again.summary).toMatchObject({
      message_type: 'summary',
      data_added: 0,
      tree_blobs: 0,
      extents_unmodified: 1,
    })
  })

  it('stores nothing in a dry run, and takes other compressions and packs', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 9 * MIB, [{ offset: 0, bytes: Buffer.alloc(9 * MIB, 'text ') }])
    const before = vault.stored()
    const dry = await vault.holdfast(['image', 'backup', disk, '--name', 'disk', '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stderr: '' })
    expect(dry.stdout).toContain('Dry run: nothing was stored.')
    expect(vault.stored()).toEqual(before)
    const { summary } = await vault.backUpDisk(disk, '--compression', 'off', '--pack-size', '4')
    expect(summary['data_added_packed']).toBeGreaterThan(MIB)
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
  })

  it.each(['', '.', '..', 'a/b', '/', 'a\nb', 'n'.repeat(201), '\u00e9'.repeat(101)])(
    'refuses the name %j',
    async (name) => {
      const vault = await makeImageVault()
      const disk = makeDisk(vault.file('disk.raw'), 512)
      const { code, stderr } = await vault.holdfast(['image', 'backup', disk, '--name', name])
      expect({ code, stderr }).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('cannot be the name') as string,
      })
    },
  )

  it('refuses what is no disk, and one that is not there or empty', async () => {
    const vault = await makeImageVault()
    execFileSync('mkfifo', [vault.file('pipe')])
    writeFileSync(vault.file('empty'), '')
    for (const [path, reason] of [
      [vault.source, 'is neither a regular file nor a block device'],
      [vault.file('pipe'), 'is neither a regular file nor a block device'],
      ['/dev/null', 'is neither a regular file nor a block device'],
      [vault.file('nowhere'), 'is not there (ENOENT)'],
      [vault.file('empty'), 'is empty'],
    ] as const) {
      const { code, stderr } = await vault.holdfast(['image', 'backup', path, '--name', 'disk'])
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) as string })
      expect(stderr).toContain('No snapshot was made')
    }
    expect(readdirSync(join(vault.path, 'snapshots'))).toEqual([])
    expect(readdirSync(join(vault.path, 'locks'))).toEqual([])
  })

  it.each([
    ['grows', 'had 314572800 bytes when the backup began', (path: string) => appendFileSync(path, 'x')],
    ['shrinks', ' ', (path: string) => truncateSync(path, MIB)],
  ])('makes no snapshot of a disk that %s meanwhile', async (_title, reason, change) => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 300 * MIB)
    writeFileSync(disk, seededBytes('much', 300 * MIB))
    const child = startHoldfast(['repo', 'image', 'backup', disk, '--name', 'disk', '--workers', '1'], {
      env: vault.env,
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stdout.once('data', () => change(disk))
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) as string })
    expect(stderr).toContain('No snapshot was made')
    expect(readdirSync(join(vault.path, 'snapshots'))).toEqual([])
  })

  it('tells of a file that was written to meanwhile, and ends as a warning', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 200 * MIB)
    writeFileSync(disk, seededBytes('much', 200 * MIB))
    const child = startHoldfast(['repo', 'image', 'backup', disk, '--name', 'disk', '--workers', '1'], {
      env: vault.env,
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stdout.once('data', () => writeDisk(disk, [{ offset: 5, bytes: Buffer.from('later') }]))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(3)
    expect(stderr).toContain('was written to while it was read')
    // RET-21: a complete one wins over it.
    const [listed] = jsonLines((await vault.holdfast(['snapshots', '--json'])).stdout)
    expect(listed).toMatchObject({ files_missed: 1 })
    const restored = await vault.restoreDisk(vault.file('out.raw'))
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('changed meanwhile') as string })
    // What was written meanwhile may be in none of the areas of the next one.
    writeFileSync(vault.file('none.json'), '[]')
    const parent = String((listed as Record<string, unknown>)['id'])
    for (const more of [[], ['--parent', parent]]) {
      const next = await vault.backUpDisk(disk, '--changed', vault.file('none.json'), '--dry-run', ...more)
      expect(next.stdout).toMatch(
        /"All of the disk is read, not only the areas that were given: the disk was written to while snapshot [0-9a-f]{8} was made, which is a mixture of before and after\."/,
      )
      expect(next.summary).toMatchObject({ bytes_read: 200 * MIB })
    }
    const next = await vault.backUpDisk(disk, '--changed', vault.file('none.json'))
    expect(next.code).toBe(0)
    await vault.restoreDisk(vault.file('whole.raw'))
    expect(firstDifference(disk, vault.file('whole.raw'))).toBeUndefined()
    // That one was whole: areas count again.
    const last = await vault.backUpDisk(disk, '--changed', vault.file('none.json'))
    expect(last).toMatchObject({ code: 0, summary: { bytes_read: 0 } })
  })

  it('leaves no snapshot and no lock when it is stopped, and the next one stores the rest', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 400 * MIB)
    writeFileSync(disk, seededBytes('much', 400 * MIB))
    const child = startHoldfast(['repo', 'image', 'backup', disk, '--name', 'disk'], { env: vault.env })
    child.stdout.once('data', () => child.kill('SIGINT'))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130)
    expect(readdirSync(join(vault.path, 'snapshots'))).toEqual([])
    expect(readdirSync(join(vault.path, 'locks'))).toEqual([])
    expect((await vault.backUpDisk(disk)).code).toBe(0)
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
    rmSync(disk)
  })
})
