import { writeFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import {
  leaveOut,
  leaveOutLost,
  loadStoredBlobs,
  type LossReport,
  rewriteSnapshots,
} from '../../core/maintenance/index.ts'
import { openRepository, type Repository, sha256 } from '../../core/repository/index.ts'
import { createRestoreSelection } from '../../core/selection/index.ts'
import { loadSnapshots } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { storeSnapshot } from '../support/craft.ts'
import { craftNode, createCraft } from '../support/crafted-tree.ts'
import { makeImageVault } from '../support/image-vault.ts'
import { firstDifference, makeDisk, randomWrites } from '../support/raw-disk.ts'
import { makeVault } from '../support/vault.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const BLOCK_BYTES = 64 * 1024

interface CraftedDisk {
  readonly name: string
  readonly document: string
  /** Of the one extent. */
  readonly bytes: number
  readonly ids: Buffer
}

/** A repository with one disk, which nobody has backed up. */
async function craftDisk({ name, document, bytes, ids }: CraftedDisk): Promise<Repository> {
  const vault = await makeVault()
  const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
  const craft = createCraft(repository)
  craft.data(Buffer.alloc(BLOCK_BYTES))
  const extent = craft.tree(craftNode('flat.vmdk', { size: BigInt(bytes), content: ids }))
  const folder = craft.tree(
    craft.file('disk.json', document),
    craft.file('disk.vmdk', 'descriptor'),
    craft.folder('extents', craft.tree(craft.folder('0001', extent))),
  )
  const root = craft.tree(craft.folder(name, folder))
  await craft.store()
  await storeSnapshot(repository, root.toString('hex'))
  return repository
}

/** Puts zeros where something is lost. */
async function mend(repository: Repository, report: Pick<LossReport, 'onDisk' | 'onDiskLeft'>) {
  const others = { onFile: nobody, onFolder: nobody, onFolderLeft: nobody, onWaiting: nobody }
  const blobs = await loadStoredBlobs(repository)
  const rewriting = leaveOutLost(repository, blobs, { ...others, ...report })
  return rewriteSnapshots(repository, blobs, await loadSnapshots(repository), { rewriting, tag: 'x', dryRun: true })
}

const nobody = (): void => undefined
const unexpected = (): void => expect.unreachable()

describe('a disk that is mended', () => {
  it('may have lost more than a function has arguments', async () => {
    const bytes = 32 * GIB
    const blocks = bytes / BLOCK_BYTES
    const ids = Buffer.alloc(blocks * 32)
    // Zeros lie between what is lost, and are stored.
    for (let block = 0; block < blocks; block += 2) ids.write('lost', block * 32)
    const zeros = sha256(Buffer.alloc(BLOCK_BYTES))
    for (let block = 1; block < blocks; block += 2) ids.set(zeros, block * 32)
    const document = JSON.stringify({ version: 1, bytes, blockBytes: BLOCK_BYTES, extentBytes: bytes })
    const repository = await craftDisk({ name: 'disk', document, bytes, ids })
    let areas = 0
    const mended = await mend(repository, { onDisk: (_path, lost) => (areas += lost.length), onDiskLeft: unexpected })
    expect(mended).toMatchObject([{ state: 'changed' }])
    expect(areas).toBe(blocks / 2)
  })

  it('is called by its name where nobody knows what it holds', async () => {
    const repository = await craftDisk({ name: 'Größe 磁盘', document: 'no JSON', bytes: 0, ids: Buffer.alloc(0) })
    const said: string[] = []
    await mend(repository, { onDisk: unexpected, onDiskLeft: (_path, { message }) => said.push(message) })
    expect(said).toEqual([expect.stringContaining('Größe 磁盘/disk.json is no JSON')])
  })
})

async function withDisk() {
  const vault = await makeImageVault()
  const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('disk', 3 * MIB, 5))
  const { summary } = await vault.backUpDisk(disk)
  return { vault, disk, id: String(summary['snapshot_id']) }
}

describe('a disk in a snapshot that is made anew without some files', () => {
  it.each(['flat.vmdk', '*.json', '/disk/extents/0001', '/disk/ext*', '/disk/*', 'd*.vmdk'])(
    'stays whole where a part of it fits %s, and that is told',
    async (pattern) => {
      const { vault, disk } = await withDisk()
      const { code, stdout, stderr } = await vault.holdfast(['rewrite', '--exclude', pattern, '--forget'])
      expect(code).toBe(3)
      expect(stderr).toContain('/disk is a disk, and stays whole')
      expect(stdout).toContain('Nothing is to be done')
      expect((await vault.restoreDisk(vault.file('out.raw'))).code).toBe(0)
      expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
    },
  )

  it.each(['/disk', 'd?sk'])('goes as a whole where its folder fits %s', async (pattern) => {
    const { vault, disk, id } = await withDisk()
    const { code, stderr } = await vault.holdfast(['rewrite', '--exclude', pattern, '--forget'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { stdout } = await vault.holdfast(['ls', 'latest'])
    expect(stdout).not.toContain('disk.vmdk\n')
    // Areas have nothing to refer to.
    writeFileSync(vault.file('areas.json'), '[]')
    const next = await vault.backUpDisk(disk, '--changed', vault.file('areas.json'), '--parent', id)
    expect(next).toMatchObject({ code: 0, summary: { bytes_read: expect.any(Number) as number } })
    expect(next.stdout).toContain('All of the disk is read')
  })
})

describe('a disk that restic cut apart', () => {
  it.each(['flat.vmdk', '0001', 'extents', 'disk.json'])('without %s is read as a whole again', async (pattern) => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 3 * MIB, randomWrites('disk', 3 * MIB, 5))
    await vault.backUpDisk(disk)
    const repository = await openRepository(openDirectoryStorage(vault.path), vault.env['RESTIC_PASSWORD'] ?? '')
    const [snapshot] = await loadSnapshots(repository)
    const rewriting = leaveOut(createRestoreSelection({ excludes: [pattern] }))
    const blobs = await loadStoredBlobs(repository)
    await rewriteSnapshots(repository, blobs, snapshot ? [snapshot] : [], { rewriting, tag: 'rewrite', dryRun: false })
    expect((await vault.holdfast(['forget', snapshot?.id ?? ''])).code).toBe(0)
    writeFileSync(vault.file('areas.json'), '[]')
    const next = await vault.backUpDisk(disk, '--changed', vault.file('areas.json'))
    expect(next.summary['bytes_read']).toBeGreaterThan(0)
    expect((await vault.restoreDisk(vault.file('out.raw'))).code).toBe(0)
    expect(firstDifference(disk, vault.file('out.raw'))).toBeUndefined()
  })
})
