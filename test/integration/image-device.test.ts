import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { makeImageVault } from '../support/image-vault.ts'
import { leaveOut } from '../support/peer/leave-out.ts'
import { isRoot } from '../support/privilege.ts'
import { PROGRAM } from '../support/program.ts'
import { makeDisk, randomWrites } from '../support/raw-disk.ts'
import { seededBytes } from '../support/seeded-chance.ts'

const MIB = 2 ** 20

/** A block device over a file; gone after the test. Undefined where that cannot be, which is told in the end. */
function attach(path: string): string | undefined {
  const { status, stdout } = isRoot
    ? spawnSync('losetup', ['-f', '--show', path], { encoding: 'utf8' })
    : { status: 1, stdout: '' }
  if (status !== 0) {
    leaveOut('block devices', isRoot ? 'this machine has no loop devices' : 'not root')
    return undefined
  }
  const device = stdout.trim()
  onTestFinished(() => void spawnSync('losetup', ['-d', device]))
  return device
}

describe('a block device', () => {
  it('is backed up, and restored to another one that is full of other data', async () => {
    const vault = await makeImageVault()
    const bytes = 37 * MIB + 512
    const from = attach(makeDisk(vault.file('from'), bytes, randomWrites('device', bytes, 10)))
    writeFileSync(vault.file('to'), seededBytes('old', 40 * MIB))
    const to = attach(vault.file('to'))
    if (from === undefined || to === undefined) return
    expect((await vault.backUpDisk(from)).summary).toMatchObject({ disk_bytes: bytes, bytes_read: bytes })
    const refused = await vault.restoreDisk(to)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') as string })
    const { code, summary } = await vault.restoreDisk(to, '--overwrite', '--verify')
    expect({ code, summary }).toMatchObject({ code: 0, summary: { is_device: true, bytes_written: bytes } })
    spawnSync('sync')
    const [before, after] = [readFileSync(vault.file('from')), readFileSync(vault.file('to'))]
    expect(after.subarray(0, bytes).equals(before)).toBe(true)
    // What lies behind the disk stays as it is.
    expect(after.subarray(bytes).equals(seededBytes('old', 40 * MIB).subarray(bytes))).toBe(true)
  })

  it('is read again from where it lies, and not from memory', async () => {
    const vault = await makeImageVault()
    const bytes = 64 * MIB + 512
    const disk = makeDisk(vault.file('disk'), bytes)
    writeFileSync(disk, seededBytes('disk', bytes))
    await vault.backUpDisk(disk)
    const to = attach(makeDisk(vault.file('to'), 65 * MIB))
    if (to === undefined) return
    const args = ['image', 'restore', 'latest', '--name', 'disk', '-t', to, '--overwrite', '--verify', '--json']
    const script = '"$@" >&2 && cat /proc/$$/io'
    const io = spawnSync('sh', ['-c', script, 'sh', process.execPath, PROGRAM, 'repo', ...args], {
      env: { ...process.env, ...vault.env },
      encoding: 'latin1',
    })
    expect(Number(/^read_bytes: (\d+)$/m.exec(io.stdout)?.[1])).toBeGreaterThanOrEqual(bytes)
    expect(io.stderr).toContain('"verified_past_cache":true')
  })

  it('that cannot be read in part is not backed up: the byte is told', async () => {
    const vault = await makeImageVault()
    const backing = makeDisk(vault.file('failing'), 20 * MIB, randomWrites('failing', 20 * MIB, 5))
    const device = attach(backing)
    if (device === undefined) return
    // The device goes on having its size, and what lay behind is gone.
    truncateSync(backing, 10 * MIB)
    const { code, stderr } = await vault.backUpDisk(device)
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot be read at byte \d+: EIO/) as string,
    })
    const [, byte] = /at byte (\d+)/.exec(stderr) ?? []
    expect(Number(byte)).toBeGreaterThanOrEqual(10 * MIB)
    expect(stderr).toContain('No snapshot was made')
    expect(stderr).toContain('ddrescue')
    expect(readdirSync(join(vault.path, 'snapshots'))).toEqual([])
    expect((await vault.holdfast(['check'])).code).toBe(0)
  })

  it('is not restored to where it is too small or in use', async () => {
    const vault = await makeImageVault()
    await vault.backUpDisk(makeDisk(vault.file('disk'), 30 * MIB, randomWrites('disk', 30 * MIB, 5)))
    const small = attach(makeDisk(vault.file('small'), 29 * MIB))
    const used = attach(makeDisk(vault.file('used'), 64 * MIB))
    if (small === undefined || used === undefined) return
    const refused = await vault.restoreDisk(small, '--overwrite')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('has 30408704 bytes') as string })
    spawnSync('mkfs.ext4', ['-q', used])
    spawnSync('mkdir', [vault.file('mounted')])
    if (spawnSync('mount', [used, vault.file('mounted')]).status !== 0) {
      leaveOut('a mounted device', 'this machine cannot mount one')
      return
    }
    try {
      const busy = await vault.restoreDisk(used, '--overwrite')
      expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining('EBUSY') as string })
    } finally {
      spawnSync('umount', [used])
    }
  })
})
