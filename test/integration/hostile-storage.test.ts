import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { type Ended, jsonLines } from '../support/holdfast.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const TERABYTES = 2 ** 42
const NAME = 'ab'.repeat(32)

/** Commands that together read every kind of file. */
const READING = [['snapshots'], ['ls', 'latest'], ['stats'], ['check'], ['key', 'list']]

/** What somebody can do who may write where the repository is stored, and has no key. */
describe('a repository into which somebody put', () => {
  let vault: Vault
  const at = (...names: string[]): string => join(vault.path, ...names)

  beforeEach(async () => {
    vault = await makeVault()
    vault.write('file', 'content')
    expect((await vault.backUp()).code).toBe(0)
  })

  /** None crashed, or was ended by the kernel: each ended by itself, and told of the file where it had to. */
  async function runAll(): Promise<Map<string, Ended>> {
    const ends = new Map<string, Ended>()
    for (const command of READING) {
      const ended = await vault.holdfast(command)
      expect(ended.stderr).not.toMatch(/RangeError|heap|\bat .*\.(ts|mjs):/)
      expect([0, 1, 3, 11]).toContain(ended.code)
      ends.set(command[0] ?? '', ended)
    }
    return ends
  }

  it('a lock of terabytes: it counts as one that cannot be read, and goes unread', async () => {
    sparse(at('locks', NAME))
    const ends = await runAll()
    expect(ends.get('check')?.stderr).toContain(NAME.slice(0, 8))
    expect((await vault.backUp()).code).toBe(11)
    const exclusive = await vault.holdfast(['key', 'passwd', '--new-password-file', writePassword()])
    expect(exclusive.code).toBe(11)
    expect(exclusive.stderr).toContain('--remove-all')
    const { code, stdout } = await vault.holdfast(['unlock', '--remove-all', '--json'])
    expect(code).toBe(0)
    expect(jsonLines(stdout)).toEqual([
      { message_type: 'lock', removed: true, id: NAME },
      { message_type: 'summary', locks_removed: 1, locks_kept: 0 },
    ])
    expect(readdirSync(at('locks'))).toEqual([])
  })

  it('a key of terabytes: the others open it, and check names it', async () => {
    sparse(at('keys', NAME))
    const ends = await runAll()
    expect(ends.get('snapshots')?.code).toBe(0)
    expect(ends.get('check')?.stderr).toMatch(/Key abababab.*4398046511104 bytes/)
  })

  it('a snapshot of terabytes: it is named, and the others are as good as before', async () => {
    sparse(at('snapshots', NAME))
    const ends = await runAll()
    expect(ends.get('check')?.stderr).toMatch(/Snapshot abababab.*4398046511104 bytes/)
    expect(ends.get('snapshots')?.stderr).toContain(NAME.slice(0, 8))
    expect(ends.get('snapshots')?.stdout).toContain(vault.source)
  })

  it('an index of terabytes: it is named', async () => {
    sparse(at('index', NAME))
    const ends = await runAll()
    expect(ends.get('check')?.stderr).toMatch(/Index abababab.*4398046511104 bytes/)
    expect(ends.get('ls')?.stderr).toContain('Index abababab is damaged')
  })

  it('a config of terabytes: it is named', async () => {
    rmSync(at('config'))
    sparse(at('config'))
    for (const { code, stderr } of (await runAll()).values()) {
      expect(code).toBe(1)
      expect(stderr).toMatch(/config.*4398046511104 bytes/)
    }
  })

  it.each(['a FIFO', 'a link to itself', 'a socket', 'a device', 'a folder'])(
    '%s beside each kind of file: nobody waits for it, or fails',
    async (kind) => {
      const packs = readdirSync(at('data')).find((prefix) => readdirSync(at('data', prefix)).length > 0) ?? ''
      for (const folder of ['locks', 'keys', 'snapshots', 'index', join('data', packs)])
        put(kind, at(folder, `${packs}${NAME}`.slice(0, 64)))
      const ends = await runAll()
      for (const [command, { code }] of ends) expect(`${command} ${code}`).toBe(`${command} 0`)
      expect((await vault.backUp()).code).toBe(0)
    },
  )

  it.each(['a FIFO', 'a link to itself', 'a socket', 'a device', 'a folder'])(
    '%s in the place of each file: it counts as missing, or is named',
    async (kind) => {
      for (const folder of ['config', 'keys', 'snapshots', 'index', 'data']) {
        const [path = ''] = folder === 'config' ? [at('config')] : filesBelow(at(folder))
        const kept = `${path}.kept`
        renameSync(path, kept)
        put(kind, path)
        const ends = await runAll()
        // Without its only snapshot a repository is whole, which is told all the same.
        const expected = folder === 'snapshots' ? 3 : 1
        expect(`${folder} ${ends.get('check')?.code}`).toBe(`${folder} ${expected}`)
        rmSync(path, { recursive: true })
        renameSync(kept, path)
      }
      expect((await vault.holdfast(['check'])).code).toBe(0)
    },
  )

  it('hundreds of expensive keys: the cheap ones are tried first', async () => {
    const [own = ''] = filesBelow(at('keys'))
    const key = JSON.parse(readFileSync(own, 'utf8')) as Record<string, unknown>
    for (let each = 0; each < 300; each++) {
      const stored = JSON.stringify({ ...key, N: 2 ** 19, r: 8, p: 8, username: `hostile ${each}` })
      writeFileSync(at('keys', createHash('sha256').update(stored).digest('hex')), stored)
    }
    expect((await vault.holdfast(['snapshots'])).code).toBe(0)
  })

  function writePassword(): string {
    const path = vault.file('new password')
    writeFileSync(path, 'another')
    return path
  }
})

/** A socket stays behind when its process ends without closing it. Its name is relative: a whole path is too long. */
const LISTEN =
  'require("node:net").createServer().listen({ path: process.argv[1] }, () => process.kill(process.pid, "SIGKILL"))'

function put(kind: string, path: string): void {
  if (kind === 'a FIFO') execFileSync('mkfifo', [path])
  else if (kind === 'a link to itself') symlinkSync(path, path)
  else if (kind === 'a device') symlinkSync('/dev/zero', path)
  else if (kind === 'a folder') mkdirSync(path)
  else
    expect(spawnSync(process.execPath, ['-e', LISTEN, basename(path)], { cwd: dirname(path) }).signal).toBe('SIGKILL')
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** A file of terabytes that takes no room. */
function sparse(path: string): void {
  writeFileSync(path, '')
  truncateSync(path, TERABYTES)
}
