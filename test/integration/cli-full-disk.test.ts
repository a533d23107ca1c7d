import { cpSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { describeWithMounts, mountSmallDisk } from '../conformance/small-disk.ts'
import type { Ended } from '../support/holdfast.ts'
import { makeVault } from '../support/vault.ts'

describeWithMounts('a repository on a disk without a free byte', () => {
  it('cannot be locked: what frees room says how it is got, what reads how to do without a lock', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    expect((await vault.backUp()).code).toBe(0)
    const disk = mountSmallDisk('size=8m')
    const location = join(disk, 'repository')
    cpSync(vault.path, location, { recursive: true })
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(join(disk, 'something else'), Buffer.alloc(bavail * bsize))
    const holdfast = (...command: string[]): Promise<Ended> =>
      vault.holdfast(command, { env: { RESTIC_REPOSITORY: location } })

    for (const command of [['prune'], ['forget', '--keep-last', '1', '--yes'], ['repair', 'index']]) {
      const { code, stderr } = await holdfast(...command)
      expect(code).toBe(1)
      expect(stderr).toContain('the disk is full')
      expect(stderr).toContain('Some kilobytes are enough')
      expect(stderr).toContain('`holdfast repo prune --max-repack-size 0`')
      expect(stderr).not.toContain('--no-lock')
    }
    expect((await holdfast('snapshots')).stderr).toContain('--no-lock')
    expect((await holdfast('snapshots', '--no-lock')).code).toBe(0)

    rmSync(join(disk, 'something else'))
    const left = statfsSync(disk)
    writeFileSync(join(disk, 'something else'), Buffer.alloc((left.bavail - 16) * left.bsize))
    expect(await holdfast('prune', '--max-repack-size', '0')).toMatchObject({ code: 0, stderr: '' })
  })
})
