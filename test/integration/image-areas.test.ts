import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { makeImageVault } from '../support/image-vault.ts'
import { PROGRAM } from '../support/program.ts'
import { makeDisk } from '../support/raw-disk.ts'

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
