import { writeFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { makeImageVault } from '../support/image-vault.ts'
import { runMeasured } from '../support/measured-run.ts'
import { makeDisk, writeDisk } from '../support/raw-disk.ts'
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
