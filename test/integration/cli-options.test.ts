import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { missingOf } from '../support/given-options.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault, type Vault } from '../support/vault.ts'

/** Prose, as levels of compression are made for. */
const TEXT = ['core/DESIGN.md', 'core/repository/FORMAT.md', 'LICENSE']
  .map((name) => readFileSync(join(import.meta.dirname, '../..', name), 'utf8'))
  .join('')

/** What the newest snapshot says of itself. */
async function newest(vault: Vault): Promise<Record<string, unknown>> {
  const { stdout } = await vault.holdfast(['snapshots', '--json', '--latest', '1'])
  return jsonLines(stdout)[0] ?? {}
}

/** Sizes of the packs, largest first. */
function packSizes({ path }: Vault): number[] {
  return readdirSync(join(path, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
    .toSorted((a, b) => b - a)
}

describe('holdfast --version', () => {
  it('is that of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string
    }
    expect(await runHoldfast(['--version'])).toMatchObject({ code: 0, stdout: `holdfast ${version}\n` })
  })
})

describe('the options of holdfast repo', () => {
  // That each of them is given in some test is what `GivenOptionsReporter` asks of a run of all.
  it('are missed where they are not given, and not where another command got them', () => {
    expect(missingOf('dump', [])).toEqual(expect.arrayContaining(['dump --archive', 'dump --target', 'dump --repo']))
    const other = [
      ['repo', 'dump', '-a', 'tar'],
      ['repo', 'restore', '--target', '/x'],
    ]
    expect(missingOf('dump', other)).toEqual(expect.arrayContaining(['dump --target']))
    const all = [
      ['repo', 'dump', 'latest', '/', '--archive=tar', '-t', 'x'],
      ['repo', 'ls', '-r', 'x', '--repository-file', 'x', '-p', 'x', '--password-command', 'x', '--retry-lock', '1s'],
      ['repo', 'ls', '--json', '-q', '-h', '-H', 'x', '--tag', 'x', '--path', 'x', '--no-lock'],
    ]
    expect(missingOf('dump', all)).toEqual([])
  })

  it('name the repository: --repo, or --repository-file with its name', async () => {
    const vault = await makeVault()
    const env = { RESTIC_REPOSITORY: undefined }
    writeFileSync(vault.file('name'), `${vault.path}\n`)
    expect((await vault.holdfast(['snapshots'], { env })).code).toBe(1)
    expect((await vault.holdfast(['snapshots', '--repo', vault.path], { env })).code).toBe(0)
    expect((await vault.holdfast(['snapshots', '--repository-file', vault.file('name')], { env })).code).toBe(0)
  })
})

describe('--no-lock without --dry-run', () => {
  it.each([
    ['tag', '--add', 'x'],
    ['forget', 'latest'],
    ['prune'],
    ['rewrite', '--exclude', 'x'],
    ['repair', 'index'],
    ['repair', 'packs'],
    ['repair', 'snapshots'],
  ])('is refused by %s', async (...command) => {
    const vault = await makeVault()
    const { code, stderr } = await vault.holdfast([...command, '--no-lock'])
    expect(code).toBe(1)
    expect(stderr).toContain('--no-lock was given without --dry-run.')
    expect(stderr).toContain('Nothing was changed.')
  })
})

describe('the options of holdfast repo backup that are kept in the snapshot', () => {
  it.each([
    [['--host', 'elsewhere'], { hostname: 'elsewhere' }],
    [['--tag', 'a,b', '--tag', 'c'], { tags: ['a', 'b', 'c'] }],
    [['--time', '2024-05-06 07:08:09'], { time: expect.stringMatching(/^2024-05-06T07:08:09/) }],
  ])('%j', async (options, told) => {
    const vault = await makeVault()
    vault.write('file', 'content')
    expect((await vault.backUp(options)).code).toBe(0)
    expect(await newest(vault)).toMatchObject(told)
  })
})

describe('the options of holdfast repo backup that shape the packs', () => {
  it('--compression stores less the better it is, and off stores the files as they are', async () => {
    const stored: number[] = []
    for (const level of ['off', 'fastest', 'default', 'better']) {
      const vault = await makeVault()
      vault.write('text', TEXT)
      expect((await vault.backUp(['--compression', level])).code).toBe(0)
      stored.push(packSizes(vault)[0] ?? 0)
      expect(await vault.contentOf('text')).toEqual(Buffer.from(TEXT))
    }
    expect(stored[0]).toBeGreaterThan(TEXT.length)
    expect(stored).toEqual(stored.toSorted((a, b) => b - a))
    expect(new Set(stored).size).toBeGreaterThan(2)
    const vault = await makeVault()
    expect((await vault.backUp(['--compression', 'most'])).code).toBe(1)
  })

  it('--pack-size ends a pack at about so many MiB', async () => {
    const content = seededChance(5).fill(Buffer.alloc(20 * 1024 * 1024))
    const sizes: number[] = []
    for (const size of ['4', '8']) {
      const vault = await makeVault()
      vault.write('noise', content)
      expect((await vault.backUp(['--pack-size', size, '--workers', '1'])).code).toBe(0)
      sizes.push(packSizes(vault).filter((bytes) => bytes > 1_000_000).length)
    }
    expect(sizes[0]).toBeGreaterThanOrEqual(4)
    expect(sizes[1]).toBeLessThan(sizes[0] ?? 0)
    const vault = await makeVault()
    for (const size of ['3', '129', 'x']) expect((await vault.backUp(['--pack-size', size])).code).toBe(1)
  })
})

describe('--iinclude of holdfast repo restore', () => {
  it('takes what fits, in upper or lower case', async () => {
    const vault = await makeVault()
    for (const name of ['A.TXT', 'b.txt', 'c.log']) vault.write(name, name)
    await vault.backUp()
    const restored = vault.file('restored')
    const command = ['restore', `latest:${vault.source}`, '--target', restored, '--iinclude', '*.Txt']
    expect((await vault.holdfast(command)).code).toBe(0)
    expect(readdirSync(restored).toSorted()).toEqual(['A.TXT', 'b.txt'])
  })
})
