import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { encodeSnapshot, loadSnapshot } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { makeImageVault } from '../support/image-vault.ts'
import { type DiskWrite, firstDifference, makeDisk, randomWrites, writeDisk } from '../support/raw-disk.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

function areasFile(path: string, writes: readonly DiskWrite[]): string {
  writeFileSync(path, JSON.stringify(writes.map(({ offset, bytes }) => ({ offset, length: bytes.length }))))
  return path
}

/** A disk with two snapshots, of which the later one is of an earlier time. */
async function withClockPutBack() {
  const vault = await makeImageVault()
  const disk = makeDisk(vault.file('disk.raw'), MIB, [{ offset: 0, bytes: Buffer.alloc(MIB, 'x') }])
  const { summary } = await vault.backUpDisk(disk)
  const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
  const first = await loadSnapshot(repository, String(summary['snapshot_id']))
  const earlier = { ns: first.time.ns - 1_000_000_000n, offsetMinutes: 0 }
  const made = encodeSnapshot({ ...first, time: earlier, parent: first.id })
  return { vault, disk, first: first.id, later: await repository.saveDocument('snapshot', made) }
}

/** Each later than the one before, as the command takes it. */
const time = (day: number): readonly string[] => ['--time', `2026-01-${String(day).padStart(2, '0')} 00:00:00`]

describe('incremental backups of a disk', () => {
  it('by changed areas have the very tree that reading everything gives, and read nothing else', async () => {
    const bytes = 2 * GIB + 3_333_333
    const told = await makeImageVault()
    const disk = makeDisk(told.file('disk.raw'), bytes, randomWrites('base', bytes, 30))
    expect((await told.backUpDisk(disk, ...time(1))).code).toBe(0)
    const read = await told.copy()
    for (let day = 2; day <= 6; day++) {
      const writes = randomWrites(`day ${day}`, day === 4 ? GIB : bytes, day === 5 ? 0 : 4)
      writeDisk(disk, writes)
      const areas = areasFile(told.file('areas.json'), writes)
      const changed = await told.backUpDisk(disk, ...time(day), '--changed', areas)
      const whole = await read.backUpDisk(disk, ...time(day))
      expect({ code: changed.code, stderr: changed.stderr }).toEqual({ code: 0, stderr: '' })
      expect(await told.treeOf(changed.summary['snapshot_id'])).toBe(await read.treeOf(whole.summary['snapshot_id']))
      const touched = new Set(
        writes.flatMap(({ offset, bytes: { length } }) => {
          const first = Math.floor(offset / MIB)
          return Array.from({ length: Math.ceil((offset + length) / MIB) - first }, (_, at) => first + at)
        }),
      )
      expect(changed.summary['bytes_read']).toBeLessThanOrEqual(touched.size * MIB)
      const extents = new Set([...touched].map((block) => Math.floor(block / 1024)))
      // Those of the extents that were touched, and three above them.
      expect(changed.summary['tree_blobs']).toBeLessThanOrEqual(extents.size === 0 ? 0 : extents.size + 3)
      if (day < 5) continue
      const target = told.file('restored.raw')
      expect((await told.restoreDisk(target, '--overwrite', '--verify')).code).toBe(0)
      expect(firstDifference(disk, target)).toBeUndefined()
    }
    expect((await told.holdfast(['check', '--read-data'])).code).toBe(0)
  })

  it('rewrite the trees of touched extents only, and keep those whose blocks turn out to be the same', async () => {
    const vault = await makeImageVault()
    const content = randomWrites('content', 8 * GIB, 40)
    const disk = makeDisk(vault.file('disk.raw'), 8 * GIB, content)
    await vault.backUpDisk(disk)
    const same = await vault.backUpDisk(disk, '--changed', areasFile(vault.file('a.json'), content))
    expect(same.summary).toMatchObject({ tree_blobs: 0, data_blobs: 0, extents_changed: 0, extents_unmodified: 8 })
    const one = { offset: 5 * GIB + 17, bytes: Buffer.from('one') }
    writeDisk(disk, [one])
    const changed = await vault.backUpDisk(disk, '--changed', areasFile(vault.file('b.json'), [one, content[0] ?? one]))
    expect(changed.summary).toMatchObject({ tree_blobs: 4, data_blobs: 1, extents_changed: 1, extents_unmodified: 7 })
  })

  it('read all where there is nothing that areas could refer to, and say why', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 5 * MIB, [{ offset: 0, bytes: Buffer.alloc(5 * MIB, 'x') }])
    const none = areasFile(vault.file('none.json'), [])
    const changed = (...args: readonly string[]) =>
      vault.holdfast(['image', 'backup', disk, '--changed', none, ...args])
    const first = await changed('--name', 'one')
    expect(first).toMatchObject({
      code: 0,
      stderr:
        'All of the disk is read, not only the areas that were given: there is no earlier snapshot of this disk.\n',
    })
    expect(first.stdout).toContain('of which 5.00 MiB were read')
    for (const other of [
      ['--name', 'two'],
      ['--name', 'one', '--host', 'other'],
    ]) {
      expect((await changed(...other)).stderr).toContain('there is no earlier snapshot')
    }
    const second = await changed('--name', 'one')
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(second.stdout).toContain('of which 0 B were read')
    // The last may be the one that cannot be read: what has changed since is not what has changed since another.
    const names = readdirSync(join(vault.path, 'snapshots'))
    writeFileSync(join(vault.path, 'snapshots', names[0] ?? ''), 'damaged')
    const doubtful = await changed('--name', 'one')
    expect(doubtful.stderr).toContain('a snapshot that cannot be read may be the last one of this disk')
    expect(doubtful.stdout).toContain('of which 5.00 MiB were read')
  })

  it('know the last snapshot by its time: none may be made before it', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), MIB, [{ offset: 0, bytes: Buffer.alloc(MIB, 'x') }])
    await vault.backUpDisk(disk, ...time(5))
    const early = await vault.backUpDisk(disk, ...time(4))
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('not behind that of the last') as string })
    await vault.backUpDisk(disk, '--time', '2199-01-01 00:00:00')
    const areas = areasFile(vault.file('none.json'), [])
    const late = await vault.backUpDisk(disk, '--changed', areas)
    expect(late.stdout).toContain('is of a time that is still to come')
    expect(late.summary).toMatchObject({ bytes_read: MIB })
  })

  it('do not take the newest for the last one where the clock was put back', async () => {
    const { vault, disk, later } = await withClockPutBack()
    const areas = areasFile(vault.file('none.json'), [])
    const next = await vault.backUpDisk(disk, '--changed', areas)
    expect(next.stdout).toContain(`snapshot ${later.slice(0, 8)} was made later, and is of an earlier time`)
    expect(next.summary).toMatchObject({ bytes_read: MIB })
    expect((await vault.backUpDisk(disk, '--changed', areas)).summary).toMatchObject({ bytes_read: 0 })
  })

  it('may refer to a snapshot that is named', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('first', 3 * MIB, 9))
    const first = await vault.backUpDisk(disk)
    const write = { offset: 2 * MIB, bytes: Buffer.from('later') }
    writeDisk(disk, [write])
    await vault.backUpDisk(disk)
    const areas = areasFile(vault.file('areas.json'), [write])
    const third = await vault.backUpDisk(disk, '--changed', areas, '--parent', String(first.summary['snapshot_id']))
    expect(third.summary).toMatchObject({ parent_id: first.summary['snapshot_id'], bytes_read: MIB })
    expect((await vault.restoreDisk(vault.file('out.raw'))).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
  })

  it('read all where the snapshot that was named is gone, and know it again by its old id', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('first', 3 * MIB, 9))
    await vault.backUpDisk(disk)
    const write = { offset: 2 * MIB, bytes: Buffer.from('later') }
    writeDisk(disk, [write])
    const second = String((await vault.backUpDisk(disk)).summary['snapshot_id'])
    const none = areasFile(vault.file('areas.json'), [])
    const naming = ['--changed', none, '--parent', second]
    expect((await vault.holdfast(['tag', second, '--add', 'kept'])).code).toBe(0)
    const after = await vault.backUpDisk(disk, ...naming)
    expect(after).toMatchObject({ code: 0, stderr: '', summary: { bytes_read: 0 } })
    for (const id of [String(after.summary['snapshot_id']), String(after.summary['parent_id'])])
      expect((await vault.holdfast(['forget', id])).code).toBe(0)
    const gone = await vault.backUpDisk(disk, ...naming)
    expect(gone.stdout).toContain('the snapshot that they refer to is not there any more')
    expect(gone).toMatchObject({ code: 0, summary: { bytes_read: 3 * MIB } })
    expect((await vault.restoreDisk(vault.file('out.raw'))).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
    // Who gives no areas has made a mistake.
    expect(await vault.backUpDisk(disk, '--parent', second)).toMatchObject({ code: 1 })
  })

  it('read all where the last snapshot was removed: this computer remembers it', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('first', 3 * MIB, 9))
    await vault.backUpDisk(disk)
    const [one, two] = [0, 1].map((at) => ({ offset: at * MIB, bytes: Buffer.from('written') })) as [
      DiskWrite,
      DiskWrite,
    ]
    writeDisk(disk, [one])
    const last = await vault.backUpDisk(disk, '--changed', areasFile(vault.file('one.json'), [one]))
    const retagged = await vault.holdfast(['tag', String(last.summary['snapshot_id']), '--add', 'kept', '--json'])
    expect(retagged.code).toBe(0)
    writeDisk(disk, [two])
    const areas = areasFile(vault.file('two.json'), [two])
    expect((await vault.backUpDisk(disk, '--changed', areas, '--dry-run')).summary).toMatchObject({ bytes_read: MIB })
    expect((await vault.holdfast(['forget', 'latest'])).code).toBe(0)
    const run = await vault.backUpDisk(disk, '--changed', areas)
    const id = String(last.summary['snapshot_id']).slice(0, 8)
    expect(run.stdout).toContain(`the last snapshot of this disk, ${id}, is not there any more`)
    expect((await vault.restoreDisk(vault.file('out.raw'))).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
    // The next one has what it refers to.
    expect((await vault.backUpDisk(disk, '--changed', areas)).summary).toMatchObject({ bytes_read: MIB })
  })

  it('take the newest for the last one only where it is: no time may be before it, and this computer remembers', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('first', 3 * MIB, 9))
    const first = String((await vault.backUpDisk(disk, ...time(2))).summary['snapshot_id'])
    await vault.backUpDisk(disk, ...time(5))
    const areas = areasFile(vault.file('areas.json'), [])
    for (const more of [['--changed', areas], []]) {
      const early = await vault.backUpDisk(disk, ...more, '--parent', first, ...time(3))
      expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('not behind that of the last') as string })
    }
    // Somebody made it elsewhere, and nobody knows what was written before and after.
    const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
    const made = { ...(await loadSnapshot(repository, first)), parent: undefined }
    const later = { ns: made.time.ns + 40n * 86_400_000_000_000n, offsetMinutes: 0 }
    await repository.saveDocument('snapshot', encodeSnapshot({ ...made, time: later }))
    const next = await vault.backUpDisk(disk, '--changed', areas)
    expect(next.stdout).toContain('is not the newest')
    expect(next.summary).toMatchObject({ bytes_read: 3 * MIB })
    expect((await vault.backUpDisk(disk, '--changed', areas)).summary).toMatchObject({ bytes_read: 0 })
  })

  it.each([
    ['nothing can be written', (folder: string) => writeFileSync(folder, ''), () => undefined],
    [
      'what is remembered cannot be written again',
      () => undefined,
      (folder: string) => {
        for (const name of readdirSync(folder)) {
          rmSync(join(folder, name))
          mkdirSync(join(folder, name, 'in the way'), { recursive: true })
        }
      },
    ],
  ])('are told to name what they refer to where %s', async (_title, before, after) => {
    const vault = await makeImageVault()
    const folder = vault.file('remembered')
    before(folder)
    const env = { HOLDFAST_STATE_DIR: folder }
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('first', 3 * MIB, 9))
    const backUp = (...args: readonly string[]) =>
      vault.holdfast(['image', 'backup', disk, '--name', 'disk', '--json', ...args], { env })
    await backUp()
    after(folder)
    const { code, stdout } = await backUp()
    const { snapshot_id: id, remembered } = jsonLines(stdout).at(-1) ?? {}
    expect({ code, remembered }).toEqual({ code: 0, remembered: false })
    expect(stdout).toContain('This computer cannot remember its last snapshot of this disk')
    expect(stdout).toContain(`--parent ${String(id)}`)
    const next = await backUp('--changed', areasFile(vault.file('areas.json'), []), '--parent', String(id))
    expect(jsonLines(next.stdout).at(-1)).toMatchObject({ bytes_read: 0 })
  })

  it('do not take a snapshot that got a new id for the last one where the clock was put back', async () => {
    const { vault, disk, first } = await withClockPutBack()
    expect((await vault.holdfast(['tag', first, '--add', 'kept'])).code).toBe(0)
    const next = await vault.backUpDisk(disk, '--changed', areasFile(vault.file('none.json'), []))
    expect(next.stdout).toContain('was made later, and is of an earlier time')
  })

  it('take areas from standard input, too', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('first', 3 * MIB, 9))
    await vault.backUpDisk(disk)
    const args = ['image', 'backup', disk, '--name', 'disk', '--changed', '-']
    const { code, stdout } = await vault.holdfast(args, { stdin: '[{"offset":0,"length":1}]' })
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('1.00 MiB were read') as string })
  })

  it.each([
    ['grown', GIB + 700_000, 2 * GIB + 5],
    ['shrunk', 2 * GIB + 5, GIB + 700_000],
    ['grown within a block', 5 * MIB + 5, 5 * MIB + 500],
    ['shrunk to the end of an extent', GIB + 5 * MIB, GIB],
  ])('of a disk that has %s read the areas, and what is new', async (title, before, after) => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), before, randomWrites(title, before, 20))
    await vault.backUpDisk(disk)
    truncateSync(disk, after)
    const writes = [...randomWrites('after', after, 2), { offset: after - 1, bytes: Buffer.from('x') }]
    writeDisk(disk, writes)
    const told = writes.filter(({ offset, bytes }) => offset + bytes.length <= before)
    const { code, stdout } = await vault.backUpDisk(disk, '--changed', areasFile(vault.file('areas.json'), told))
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('All of the disk') as string,
    })
    expect((await vault.restoreDisk(vault.file('out.raw'), '--verify')).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
  })

  it.each([
    ['no JSON', 'x'],
    ['behind the end', '[{"offset":0,"length":999999999}]'],
    ['negative', '[{"offset":-5,"length":10}]'],
    ['of other members', '[{"start":0,"length":10}]'],
  ])('refuse areas that are %s, and make no snapshot', async (_title, areas) => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), MIB)
    writeFileSync(vault.file('areas.json'), areas)
    const { code, stderr } = await vault.backUpDisk(disk, '--changed', vault.file('areas.json'))
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('changed areas cannot be used') as string,
    })
    expect(readdirSync(join(vault.path, 'snapshots'))).toEqual([])
    const nowhere = await vault.backUpDisk(disk, '--changed', vault.file('nowhere'))
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read') as string })
  })
})
