import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { makeImageVault } from '../support/image-vault.ts'
import { runMeasured } from '../support/measured-run.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeDisk, randomWrites, writeDisk } from '../support/raw-disk.ts'
import { SEED } from '../support/seed.ts'
import { seededBytes } from '../support/seeded-chance.ts'

const GIB = 2 ** 30
const TIB = 2 ** 40
/** MiB resident: design section 6. */
const MOST = 512e6 / 2 ** 20

describe('a sparse disk of 4 TiB', () => {
  it('is backed up, backed up again and restored within 512 MB, and only touched extents get new trees', async () => {
    const vault = await makeImageVault()
    const places = [0, GIB * 8 - 1000, TIB, 2 * TIB + 5, 4 * TIB - 70_000]
    const writes = places.map((offset) => ({ offset, bytes: seededBytes(`at ${offset}`, 60_000) }))
    const disk = makeDisk(vault.file('disk.raw'), 4 * TIB, writes)
    const costs: string[] = []
    async function run(what: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
      const end = await runMeasured(['repo', 'image', ...args, '--name', 'disk', '--json'], { env: vault.env })
      expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' })
      expect(end.peak).toBeLessThanOrEqual(MOST)
      costs.push(`${what}: ${end.cost}`)
      return jsonLines(end.stdout).at(-1) ?? {}
    }
    const first = await run('first', 'backup', disk)
    // Extents of 8 GiB: data in five of them, one tree for all the others, and three above.
    expect(first).toMatchObject({
      block_bytes: 4 * 2 ** 20,
      extent_bytes: 8 * GIB,
      extents_new: 512,
      tree_blobs: 5 + 1 + 3,
    })
    const write = { offset: 3 * TIB, bytes: Buffer.from('changed') }
    writeDisk(disk, [write])
    writeFileSync(vault.file('areas.json'), `[{"offset":${write.offset},"length":7}]`)
    const second = await run('changed', 'backup', disk, '--changed', vault.file('areas.json'))
    expect(second).toMatchObject({
      extents_changed: 1,
      extents_unmodified: 511,
      tree_blobs: 4,
      bytes_read: 4 * 2 ** 20,
    })
    // A description of each block of that extent, most of them alike, and one of each extent.
    const metadata = Number(second['tree_bytes_packed'])
    expect(metadata).toBeLessThanOrEqual(2048 * 10 + 512 * 100)
    const third = await run('read again', 'backup', disk)
    expect(third).toMatchObject({ extents_unmodified: 512, tree_blobs: 0, data_blobs: 0 })
    await run('restore', 'restore', 'latest', '--target', vault.file('out.raw'), '--verify')
    costs.push(`metadata: first ${Number(first['tree_bytes_packed'])} bytes, one block changed ${metadata}`)
    process.stdout.write(`4 TiB: ${costs.join('; ')}\n`)
  })
})

/** How many files a process may have as a rule; qemu holds every extent open. */
const FILES = 1024

/** Whether qemu finds the same on both disks, and what it says of that. */
function compareByQemu(vmdk: string, raw: string): { readonly status: number | null; readonly said: string } {
  const limited = ['-c', `ulimit -n ${FILES}; exec "$@"`, 'sh', 'qemu-img', 'compare', '-f', 'vmdk', '-F', 'raw']
  const { status, stdout, stderr } = spawnSync('sh', [...limited, vmdk, raw], { encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}`.trim() }
}

describeWith(['qemu'], `a disk of 4 TiB that was restored as the files of its snapshot (HOLDFAST_SEED=${SEED})`, () => {
  it('is the very disk for qemu, which may not open more files than any process', async () => {
    const vault = await makeImageVault()
    const ends = [0, 8 * GIB - 1000, 4 * TIB - 70_000].map((offset) => ({
      offset,
      bytes: seededBytes(`${SEED} at ${offset}`, 70_000),
    }))
    const disk = makeDisk(vault.file('disk.raw'), 4 * TIB, [...randomWrites(`${SEED} 4 TiB`, 4 * TIB, 30), ...ends])
    expect(await vault.backUpDisk(disk)).toMatchObject({ code: 0, stderr: '', summary: { extents_new: 512 } })
    // Not by restic: 0.14 writes every zero, and there is no room for 4 TiB.
    const target = vault.file('out')
    const restored = await runMeasured(['repo', 'restore', 'latest', '--sparse', '--target', target], {
      env: vault.env,
    })
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    expect(restored.peak).toBeLessThanOrEqual(MOST)
    expect(readdirSync(join(target, 'disk', 'extents'))).toHaveLength(512)

    const vmdk = join(target, 'disk', 'disk.vmdk')
    const since = performance.now()
    expect(compareByQemu(vmdk, disk)).toEqual({ status: 0, said: 'Images are identical.' })
    const seconds = ((performance.now() - since) / 1000).toFixed(1)
    // It does look, up to the end, where there was data.
    writeDisk(disk, [{ offset: 4 * TIB - 512, bytes: Buffer.alloc(512) }])
    expect(compareByQemu(vmdk, disk)).toEqual({
      status: 1,
      said: expect.stringContaining('mismatch at offset') as string,
    })
    process.stdout.write(`4 TiB as files: restored in ${restored.cost}; compared by qemu in ${seconds} s\n`)
  })
})
