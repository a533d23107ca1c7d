import { type ChildProcess, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  readFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { ended } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { PROGRAM } from '../support/program.ts'

const COPIED = new Set(['commander', 'sodium-native'])

describeWith(['restic'], 'npm start, in a small checkout', () => {
  let home: string
  let checkout: string
  const env = () => ({ ...process.env, TMPDIR: home })

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-demo-test-'))
    checkout = join(home, 'checkout')
    cpSync(dirname(PROGRAM), join(checkout, 'out/node'), { recursive: true })
    // Real packages, as far as they are small.
    const packages = join(dirname(PROGRAM), '../../node_modules')
    mkdirSync(join(checkout, 'node_modules'))
    for (const name of readdirSync(packages)) {
      if (COPIED.has(name)) cpSync(join(packages, name), join(checkout, 'node_modules', name), { recursive: true })
      else symlinkSync(join(packages, name), join(checkout, 'node_modules', name))
    }
    mkdirSync(join(checkout, 'core'))
    writeFileSync(join(checkout, 'core/large'), Buffer.alloc(30_000_000, 'a file of several packs, '))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const start = (...options: string[]) =>
    spawn(process.execPath, [join(checkout, 'out/node/holdfast.mjs'), 'demo', ...options], { env: env() })

  it('backs up, changes a file, backs up again, restores, compares, has restic check, and says where it lies', async () => {
    const { code, stdout, stderr } = await ended(start())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(checkout)
    expect(stdout).toMatch(/^First backup .* files, .* MiB\/s/m)
    expect(stdout).toMatch(/^One file changed, second backup .* 1 of them read, /m)
    expect(stdout).toMatch(/^Restored .* files, .* MiB\/s/m)
    expect(stdout).toMatch(/^Compared with the original .* identical, byte for byte$/m)
    for (const name of COPIED) {
      const manifest = readdirSync(restoredOf(stdout), { recursive: true, encoding: 'utf8' }).find((path) =>
        path.endsWith(`node_modules/${name}/package.json`),
      )
      expect(readFileSync(join(restoredOf(stdout), manifest ?? ''), 'utf8')).toContain(`"${name}"`)
    }
    expect(stdout).toMatch(/^Stock restic: check --read-data .*no errors were found$/m)
    const vault = /^Vault +(\S+)/m.exec(stdout)?.[1] ?? ''
    expect(readdirSync(vault)).toContain('snapshots')
    expect(readdirSync(join(vault, 'snapshots'))).toHaveLength(2)
    expect(existsSync(join(checkout, 'out/demo-note.txt'))).toBe(false)
  })

  it('removes everything again with --clean, and where it is stopped', async () => {
    expect((await ended(start('--clean'))).code).toBe(0)
    expect(leftIn(home)).toEqual([])
    const child = start()
    await seen(child, 'First backup')
    child.kill('SIGINT')
    expect(await ended(child)).toMatchObject({ code: 130 })
    expect(leftIn(home)).toEqual([])
    expect(existsSync(join(checkout, 'out/demo-note.txt'))).toBe(false)
  })
})

const restoredOf = (stdout: string): string => /^Restored (\/.*)$/m.exec(stdout)?.[1] ?? ''
const leftIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('holdfast-demo-'))

/** Resolves when the program has printed this. */
function seen({ stdout }: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    let all = ''
    stdout?.on('data', (chunk: Buffer) => {
      all += chunk.toString()
      if (all.includes(text)) resolve()
    })
  })
}
