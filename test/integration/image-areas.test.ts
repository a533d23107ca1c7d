import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { makeImageVault } from '../support/image-vault.ts'
import { PROGRAM } from '../support/program.ts'
import { firstDifference, makeDisk, writeDisk } from '../support/raw-disk.ts'
import { seededBytes } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024

describe('a list of changed areas that is', () => {
  let vault: Awaited<ReturnType<typeof makeImageVault>>
  let disk = ''
  beforeEach(async () => {
    vault = await makeImageVault()
    disk = makeDisk(vault.file('disk.raw'), MIB)
    expect((await vault.backUpDisk(disk)).code).toBe(0)
  })

  const put: Readonly<Record<string, (path: string) => void>> = {
    'a FIFO that nobody writes to': (path) => execFileSync('mkfifo', [path]),
    'a folder': (path) => mkdirSync(path),
    'larger than any list': (path) => {
      writeFileSync(path, '[')
      truncateSync(path, 2 ** 40)
    },
  }

  it.each(Object.entries(put))('%s is refused, and nobody waits for it', async (_title, make) => {
    const list = vault.file('list')
    make(list)
    const { code, stderr } = await vault.holdfast(['image', 'backup', disk, '--name', 'disk', '--changed', list])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/changed areas .*list'? cannot be read/),
    })
    expect(stderr).toContain('Nothing was read or stored')
    expect(readdirSync(join(vault.path, 'locks'))).toEqual([])
  })

  it('still to come on standard input is waited for until the run is stopped', async () => {
    const args = ['repo', 'image', 'backup', disk, '--name', 'disk', '--changed', '-']
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: { ...process.env, ...vault.env } })
    const exit = new Promise((resolve) => child.once('exit', resolve))
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    while (readdirSync(join(vault.path, 'locks')).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    child.kill('SIGTERM')
    expect(await exit).toBe(130)
    expect(said).toContain('Stopped by SIGTERM')
    expect(readdirSync(join(vault.path, 'locks'))).toEqual([])
    expect(readdirSync(join(vault.path, 'snapshots'))).toHaveLength(1)
  })
})

/** Runs the program, and tells how many bytes it and all that it started read of anything (proc_pid_io(5): rchar). */
function bytesRead(env: NodeJS.ProcessEnv, args: readonly string[]): number {
  const script = '"$@" >&2 && cat /proc/$$/io'
  const io = execFileSync('sh', ['-c', script, 'sh', process.execPath, PROGRAM, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'latin1',
  })
  return Number(/^rchar: (\d+)$/m.exec(io)?.[1])
}

describe('of a disk with changed areas', () => {
  it('nothing else is read, as the kernel counts it', async () => {
    const vault = await makeImageVault()
    const disk = makeDisk(vault.file('disk.raw'), 400 * MIB)
    writeDisk(disk, [{ offset: 0, bytes: seededBytes('disk', 400 * MIB) }])
    const args = ['repo', 'image', 'backup', disk, '--name', 'disk', '--quiet']
    const whole = bytesRead(vault.env, args)
    expect(whole).toBeGreaterThan(400 * MIB)
    writeDisk(disk, [{ offset: 300 * MIB + 5, bytes: Buffer.from('changed') }])
    writeFileSync(vault.file('areas.json'), JSON.stringify([{ offset: 300 * MIB + 5, length: 7 }]))
    const changed = bytesRead(vault.env, [...args, '--changed', vault.file('areas.json')])
    // The program itself, the index and the trees of the parent.
    expect(changed).toBeLessThan(8 * MIB)
    process.stdout.write(`read: ${whole} bytes of the whole disk, ${changed} of one changed block\n`)
    const target = vault.file('restored.raw')
    expect((await vault.restoreDisk(target)).code).toBe(0)
    expect(firstDifference(disk, target)).toBeUndefined()
  })
})
