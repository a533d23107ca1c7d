import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { PROGRAM } from '../support/program.ts'
import { makeVault, type Vault } from '../support/vault.ts'

/** For printf(1). */
function octal(text: string): string {
  return [...Buffer.from(text, 'latin1')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

/** Runs the program with arguments of any bytes, a character each, which Node itself cannot pass on. */
function runWithBytes(vault: Vault, args: readonly string[]) {
  const words = args.map((each) => `"$(printf '${octal(each)}')"`)
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', `exec "$0" "$1" repo ${words.join(' ')}`, process.execPath, PROGRAM],
    { env: { ...process.env, ...vault.env }, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

const write = (path: string): void => writeFileSync(Buffer.from(path, 'latin1'), 'content')

it('backs up a target whose name is not UTF-8, but for what patterns that are not leave out', async () => {
  const vault = await makeVault()
  const target = join(vault.source, 'caf\xe9')
  mkdirSync(Buffer.from(target, 'latin1'))
  for (const name of ['kept', 'left \xff out', 'RAUS\xfe', 'from file \xfd', 'kept \xc3\xa9']) write(join(target, name))
  const patterns = vault.file('patterns \xfc')
  writeFileSync(Buffer.from(patterns, 'latin1'), Buffer.from('from file \xfd\n', 'latin1'))
  const excludes = ['--exclude', 'left \xff*', '--iexclude', 'raus\xfe', '--exclude-file', patterns]
  const { status, stderr } = runWithBytes(vault, ['backup', ...excludes, target])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const { stdout } = await vault.holdfast(['ls', '--json', 'latest'])
  const names = jsonLines(stdout).map(({ name }) => name)
  expect(names.slice(-4, -1)).toEqual([expect.stringContaining('caf'), 'kept', 'kept é'])
})

it('names a target that is not there byte by byte', async () => {
  const vault = await makeVault()
  const { status, stderr } = runWithBytes(vault, ['backup', join(vault.source, 'caf\xe9')])
  expect(status).toBe(1)
  expect(stderr).toContain(`There is nothing at ${vault.source}/caf\\xe9`)
})

it('restores, lists and dumps what is named by any bytes, to places that are', async () => {
  const vault = await makeVault()
  const folder = join(vault.source, 'caf\xe9')
  mkdirSync(Buffer.from(folder, 'latin1'))
  for (const name of ['kept \xff', 'other']) write(join(folder, name))
  expect(runWithBytes(vault, ['backup', vault.source])).toMatchObject({ status: 0, stderr: '' })

  const target = vault.file('restored \xfe')
  const restored = runWithBytes(vault, ['restore', `latest:${folder}`, '--target', target, '--include', 'kept \xff'])
  expect(restored).toMatchObject({ status: 0, stderr: '' })
  expect(restored.stdout).toContain(`/restored \\xfe`)
  expect(readdirSync(Buffer.from(target, 'latin1'), { encoding: 'latin1' })).toEqual(['kept \xff'])

  const listed = runWithBytes(vault, ['ls', 'latest', folder])
  expect(listed).toMatchObject({ status: 0, stderr: '' })
  expect(listed.stdout).toMatch(/caf\\xe9\/kept \\xff\n.*caf\\xe9\/other\n/)

  const dumped = vault.file('dumped \xfd')
  const dump = runWithBytes(vault, ['dump', 'latest', join(folder, 'kept \xff'), '--target', dumped])
  expect(dump).toMatchObject({ status: 0, stderr: '' })
  expect(readFileSync(Buffer.from(dumped, 'latin1'), 'utf8')).toBe('content')
  // What is not there is named byte by byte.
  expect(runWithBytes(vault, ['ls', 'latest', '/n\xef']).stderr).toContain('has no /n\\xef.')
})

it.each([
  ['restore', 'latest', '--target', '/nowhere', '--host', 'caf\xe9'],
  ['ls', 'latest', '--host', 'caf\xe9'],
  ['dump', 'latest', '/', '--tag', 'caf\xe9'],
  ['snapshots', 'caf\xe9'],
  ['backup', '--tag', 'caf\xe9', '/nowhere'],
])('says which argument is not UTF-8 where only text is taken, and what to do: %s', async (...args) => {
  const vault = await makeVault()
  const { status, stderr } = runWithBytes(vault, args)
  expect(status).toBe(1)
  expect(stderr).toMatch(/^The argument caf\\xe9 is not UTF-8\.\nNothing was changed\.\nOnly what names files/)
})
