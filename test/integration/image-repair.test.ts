import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { type ImageVault, makeImageVault } from '../support/image-vault.ts'
import { nodeAt } from '../support/node-at.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { firstDifference, makeDisk, writeDisk } from '../support/raw-disk.ts'
import { seededBytes } from '../support/seeded-chance.ts'
import { packPath } from '../support/vault-files.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

/** A repository with one disk, and the same disk as a file to compare with. */
interface Scene {
  readonly vault: ImageVault
  readonly disk: string
  readonly repository: Repository
  /** The root tree of its snapshot. */
  readonly root: Buffer
}

async function makeScene(
  bytes: number,
  data: readonly { readonly offset: number; readonly bytes: Buffer }[],
): Promise<Scene> {
  const vault = await makeImageVault()
  const disk = makeDisk(vault.file('disk.raw'), bytes, data)
  const { summary } = await vault.backUpDisk(disk)
  const root = Buffer.from(await vault.treeOf(summary['snapshot_id']), 'hex')
  return { vault, disk, repository: await openRepository(openDirectoryStorage(vault.path), 'vault'), root }
}

/** Spoils a blob where it is stored, and has `repair packs` take it out of the index. */
async function lose({ vault, repository }: Scene, type: 'data' | 'tree', id: Buffer): Promise<void> {
  const index = await repository.loadIndex({ purpose: 'refer' })
  const { pack, offset } = index.locate(index.find(type, id))
  const path = packPath(vault, index.packs.idOf(pack).toString('hex'))
  const bytes = readFileSync(path)
  bytes[offset + 20] = (bytes[offset + 20] ?? 0) ^ 1
  writeFileSync(path, bytes)
  expect((await vault.holdfast(['repair', 'packs'])).code).toBe(3)
}

async function blockId({ repository, root }: Scene, extent: string, block: number): Promise<Buffer> {
  const { content } = await nodeAt(repository, root, `disk/extents/${extent}/flat.vmdk`)
  return content?.subarray(block * 32, block * 32 + 32) ?? Buffer.alloc(0)
}

async function repair({ vault }: Scene): Promise<Record<string, unknown>[]> {
  const { code, stdout, stderr } = await vault.holdfast(['repair', 'snapshots', '--forget', '--json'])
  expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
  return jsonLines(stdout)
}

/** The disk as it was but for zeros there is what both programs bring back. */
async function expectZeros({ vault, disk }: Scene, offset: number, length: number): Promise<void> {
  writeDisk(disk, [{ offset, bytes: Buffer.alloc(length) }])
  const target = vault.file('out.raw')
  expect(await vault.restoreDisk(target)).toMatchObject({ code: 0, summary: { bytes_damaged: 0 } })
  expect(firstDifference(disk, target)).toBeUndefined()
  const folder = vault.file('restic')
  vault.restic('restore', 'latest', '--target', folder)
  const flat = join(folder, 'disk', 'extents')
  execFileSync('sh', ['-c', `cat "${flat}"/*/flat.vmdk > "${vault.file('flat')}"`])
  expect(firstDifference(disk, vault.file('flat'))).toBeUndefined()
  expect(vault.restic('check', '--read-data')).toContain('no errors were found')
}

describeWith(['restic'], 'a disk of which something is lost, in `holdfast repo repair snapshots`', () => {
  it('keeps its size, and has zeros in the place of a lost block', async () => {
    const scene = await makeScene(40 * MIB, [{ offset: 0, bytes: seededBytes('disk', 40 * MIB) }])
    await lose(scene, 'data', await blockId(scene, '0001', 7))
    const lines = await repair(scene)
    expect(lines).toContainEqual({ message_type: 'disk', path: '/disk', offset: 7 * MIB, length: MIB, lost: 'blocks' })
    expect(lines.filter(({ message_type: type }) => type === 'file')).toEqual([])
    await expectZeros(scene, 7 * MIB, MIB)
  })

  it('keeps its size where the last block is lost, which is a shorter one', async () => {
    const scene = await makeScene(3 * MIB + 7 * 512, [{ offset: 0, bytes: seededBytes('disk', 3 * MIB + 7 * 512) }])
    await lose(scene, 'data', await blockId(scene, '0001', 3))
    expect(await repair(scene)).toContainEqual({
      message_type: 'disk',
      path: '/disk',
      offset: 3 * MIB,
      length: 7 * 512,
      lost: 'blocks',
    })
    await expectZeros(scene, 3 * MIB, 7 * 512)
  })

  it('has an extent of zeros where nobody knows any more what was in it', async () => {
    const scene = await makeScene(GIB + 3 * MIB, [
      { offset: 5 * MIB, bytes: seededBytes('first', 2 * MIB) },
      { offset: GIB, bytes: seededBytes('second', 3 * MIB) },
    ])
    const { subtree } = await nodeAt(scene.repository, scene.root, 'disk/extents/0002')
    await lose(scene, 'tree', subtree ?? Buffer.alloc(0))
    expect(await repair(scene)).toContainEqual({
      message_type: 'disk',
      path: '/disk',
      offset: GIB,
      length: 3 * MIB,
      lost: 'extent',
    })
    await expectZeros(scene, GIB, 3 * MIB)
  })

  it('stores zeros again where their block is lost, and loses nothing by it', async () => {
    const scene = await makeScene(8 * MIB, [{ offset: 0, bytes: seededBytes('disk', 2 * MIB) }])
    await lose(scene, 'data', await blockId(scene, '0001', 5))
    const { code, stdout } = await scene.vault.holdfast(['repair', 'snapshots', '--forget'])
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Nothing is to be done') as string,
    })
    await expectZeros(scene, 5 * MIB, MIB)
  })

  it('is no parent whose unchanged areas a later backup takes: it has zeros where the disk has none', async () => {
    const scene = await makeScene(8 * MIB, [{ offset: 0, bytes: seededBytes('disk', 8 * MIB) }])
    await lose(scene, 'data', await blockId(scene, '0001', 5))
    await repair(scene)
    const areas = scene.vault.file('areas.json')
    writeFileSync(areas, '[]')
    expect((await scene.vault.backUpDisk(scene.disk, '--changed', areas)).code).toBe(0)
    const target = scene.vault.file('later.raw')
    expect((await scene.vault.restoreDisk(target)).code).toBe(0)
    expect(firstDifference(scene.disk, target)).toBeUndefined()
  })

  it('has what was lost read again by a backup of changed areas that names none of it', async () => {
    const scene = await makeScene(GIB + 3 * MIB, [
      { offset: 5 * MIB, bytes: seededBytes('first', 4 * MIB) },
      { offset: GIB, bytes: seededBytes('second', 2 * MIB) },
    ])
    const { vault, disk, repository, root } = scene
    const { subtree } = await nodeAt(repository, root, 'disk/extents/0002')
    const lost = [await blockId(scene, '0001', 6), await blockId(scene, '0001', 0)]
    for (const id of lost) await lose(scene, 'data', id)
    const areas = vault.file('areas.json')
    writeFileSync(areas, '[]')
    const changed = async (target: string) => {
      const { code, summary } = await vault.backUpDisk(disk, '--changed', areas)
      expect((await vault.restoreDisk(vault.file(target))).code).toBe(0)
      expect(firstDifference(disk, vault.file(target))).toBeUndefined()
      expect(vault.restic('check', '--read-data')).toContain('no errors were found')
      return { code, ...summary }
    }
    // Zeros are holes of the disk, and nothing is read of them.
    expect(await changed('first.raw')).toMatchObject({ code: 3, bytes_read: MIB, data_blobs: 2, tree_blobs: 0 })
    await lose(scene, 'tree', subtree ?? Buffer.alloc(0))
    expect(await changed('second.raw')).toMatchObject({ code: 3, bytes_read: 2 * MIB, tree_blobs: 1 })
    expect(await changed('third.raw')).toMatchObject({ code: 0, bytes_read: 0, tree_blobs: 0, blocks_read_again: 0 })
  })

  it('stays as it is where its description is lost, and says so', async () => {
    const scene = await makeScene(8 * MIB, [{ offset: 0, bytes: seededBytes('disk', 8 * MIB) }])
    const { content } = await nodeAt(scene.repository, scene.root, 'disk/disk.json')
    await lose(scene, 'data', await blockId(scene, '0001', 5))
    await lose(scene, 'data', content ?? Buffer.alloc(0))
    const lines = await repair(scene)
    expect(lines).toContainEqual({ message_type: 'disk_left', path: '/disk' })
    expect(lines.at(-1)).toMatchObject({ changed: 0, unchanged: 1 })
  })
})
