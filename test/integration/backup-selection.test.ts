import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { describeWithMounts } from '../conformance/small-disk.ts'
import { describeBoundByModes } from '../support/privilege.ts'
import { type BackupRun, makeVault, type Vault } from '../support/vault.ts'

// What fits which pattern is proved beside restic in source-selection.test.ts; here, that every option gets there.

const CACHE_TAG = 'Signature: 8a477f597d28d172789f06886806bc55\n# made by a test'

/** Backs up with these options. Resolves to what was kept below the source. */
async function keptWith(vault: Vault, ...args: readonly string[]): Promise<string[]> {
  const { code, stderr, summary } = await vault.backUp(args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return vault.kept(summary['snapshot_id'])
}

describe('what a backup leaves out', () => {
  it('fits a pattern, in upper and lower case where that is asked for', async () => {
    const vault = await makeVault()
    for (const name of ['a.tmp', 'B.TMP', 'deep/c.tmp', 'deep/d', 'kept']) vault.write(name, name)
    expect(await keptWith(vault, '--exclude', '*.tmp')).toEqual(['B.TMP', 'deep', 'deep/d', 'kept'])
    expect(await keptWith(vault, '--iexclude', '*.tmp')).toEqual(['deep', 'deep/d', 'kept'])
    expect(await keptWith(vault, '-e', vault.at('deep'), '-e', 'B.*')).toEqual(['a.tmp', 'kept'])
  })

  it('fits a line of a file of patterns, which may name variables', async () => {
    const vault = await makeVault()
    for (const name of ['a.tmp', 'B.LOG', 'c.log', 'named', 'kept']) vault.write(name, name)
    writeFileSync(vault.file('patterns'), '# what is left out\n\n*.tmp\n${LEFT_OUT}\n')
    writeFileSync(vault.file('caseless'), '*.log\n')
    const run = await vault.backUp(
      ['--exclude-file', vault.file('patterns'), '--iexclude-file', vault.file('caseless')],
      { env: { LEFT_OUT: vault.at('named') } },
    )
    expect(run.code).toBe(0)
    expect(await vault.kept()).toEqual(['kept'])
    const missing = await vault.holdfast(['backup', '--exclude-file', vault.file('nowhere'), vault.source])
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain(vault.file('nowhere'))
  })

  it('lies in a folder that is marked as a cache, or by a file of some name and beginning', async () => {
    const vault = await makeVault()
    vault.write('cache/CACHEDIR.TAG', CACHE_TAG)
    vault.write('no-cache/CACHEDIR.TAG', 'another text')
    vault.write('tagged/.nobackup', 'please')
    for (const folder of ['cache', 'no-cache', 'tagged']) vault.write(`${folder}/file`, folder)
    const all = ['cache', 'cache/CACHEDIR.TAG', 'cache/file', 'no-cache', 'no-cache/CACHEDIR.TAG', 'no-cache/file']
    const tagged = ['tagged', 'tagged/.nobackup', 'tagged/file']
    const less = (...left: readonly string[]) => [...all, ...tagged].filter((path) => !left.includes(path))
    expect(await keptWith(vault)).toEqual(less())
    expect(await keptWith(vault, '--exclude-caches')).toEqual(less('cache/file'))
    expect(await keptWith(vault, '--exclude-if-present', '.nobackup')).toEqual(less('tagged/file'))
    expect(await keptWith(vault, '--exclude-if-present', '.nobackup:please')).toEqual(less('tagged/file'))
    expect(await keptWith(vault, '--exclude-if-present', '.nobackup:other')).toEqual(less())
  })

  it('is larger than is wanted, folders aside', async () => {
    const vault = await makeVault()
    vault.write('folder/2048', Buffer.alloc(2048))
    vault.write('folder/2049', Buffer.alloc(2049))
    expect(await keptWith(vault, '--exclude-larger-than', '2k')).toEqual(['folder', 'folder/2048'])
    expect(await keptWith(vault, '--exclude-larger-than', '2049')).toEqual(['folder', 'folder/2048', 'folder/2049'])
  })

  it('is said in the snapshot', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    await vault.backUp(['--exclude', '*.tmp', '--iexclude', '*.LOG'])
    const { stdout } = await vault.holdfast(['snapshots', '--json'])
    expect(stdout).toContain('"excludes":["*.tmp","*.LOG"]')
  })

  it.each([
    ['--exclude', '[a'],
    ['--exclude-if-present', ''],
    ['--exclude-larger-than', 'much'],
  ])('cannot be said as %s %j: that is told before anything is read', async (...args) => {
    const vault = await makeVault()
    vault.write('file', 'content')
    const before = vault.stored()
    const { code, stderr } = await vault.holdfast(['backup', ...args, vault.source])
    expect(code).toBe(1)
    expect(stderr).toContain('Nothing was read or stored.\n')
    expect(stderr).not.toContain('defect')
    expect(vault.stored()).toEqual(before)
  })
})

const ODD = Buffer.from('odd-\xff\xe9', 'latin1')

function oddPath(vault: Vault, ...names: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(vault.source), ...names.flatMap((name) => [Buffer.from('/'), name])])
}

async function oddVault(): Promise<Vault> {
  const vault = await makeVault()
  vault.write('größe', 'UTF-8')
  writeFileSync(oddPath(vault, ODD), 'not UTF-8')
  mkdirSync(oddPath(vault, Buffer.from('folder-\xfe', 'latin1')))
  writeFileSync(oddPath(vault, Buffer.from('folder-\xfe', 'latin1'), Buffer.from('inside')), 'below')
  return vault
}

describe('names that are not UTF-8', () => {
  it('are kept by default, byte for byte', async () => {
    const vault = await oddVault()
    expect(await vault.backUp()).toMatchObject({ code: 0, stderr: '' })
    const target = vault.file('restored')
    const restored = await vault.holdfast(['restore', `latest:${vault.source}`, '--target', target, '--verify'])
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    execFileSync('diff', ['-r', vault.source, target])
    expect(readFileSync(Buffer.concat([Buffer.from(`${target}/`), ODD]), 'utf8')).toBe('not UTF-8')
  })

  it('FS-17, NAS-16: are left out by --skip-names-not-utf8 and listed, and the backup goes on', async () => {
    const vault = await oddVault()
    const run: BackupRun = await vault.backUp(['--skip-names-not-utf8'])
    expect(run.code).toBe(3)
    expect(await vault.kept()).toEqual(['größe'])
    const errors = run.lines.filter(({ message_type: type }) => type === 'error')
    expect(errors.map(({ kind, item }) => `${String(kind)} ${String(item)}`).toSorted()).toEqual([
      String.raw`name-not-utf8 ${vault.source}/folder-\xfe`,
      String.raw`name-not-utf8 ${vault.source}/odd-\xff\xe9`,
    ])
    const log = readFileSync(String(run.summary['missed_log']), 'utf8')
    expect(log).toContain(`name-not-utf8\tits name is not UTF-8\t${vault.source}/${String.raw`odd-\xff\xe9`}\n`)
  })
})

describeBoundByModes('a mark that may not be read', () => {
  it('is listed once, however many look for it, and its folder is kept', async () => {
    const vault = await makeVault()
    chmodSync(vault.write('cache/CACHEDIR.TAG', CACHE_TAG), 0)
    for (let file = 0; file < 500; file++) vault.write(`cache/file-${file}`, `${file}`)
    const run = await vault.backUp(['--exclude-caches', '--workers', '4'], { isBoundByModes: true })
    expect(run.code).toBe(3)
    const errors = run.lines.filter(({ message_type: type }) => type === 'error')
    expect(errors.map(({ item }) => item)).toEqual([vault.at('cache/CACHEDIR.TAG')])
    expect(run.summary).toMatchObject({ files_new: 500, missed: 1 })
  })
})

describeWithMounts('a target on which others are mounted', () => {
  it('is kept with them, or by --one-file-system with empty folders in their places', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    mkdirSync(vault.at('mounted'))
    execFileSync('mount', ['-t', 'tmpfs', 'none', vault.at('mounted')])
    try {
      vault.write('mounted/deep/file', 'on another file system')
      const all = ['file', 'mounted', 'mounted/deep', 'mounted/deep/file']
      expect(await keptWith(vault)).toEqual(all)
      expect(await keptWith(vault, '--one-file-system')).toEqual(['file', 'mounted'])
      expect(await keptWith(vault, '-x')).toEqual(['file', 'mounted'])
      // A target is always on its own file system.
      const { code, summary } = await vault.backUp(['-x'], { target: vault.at('mounted') })
      expect(code).toBe(0)
      expect(await vault.kept(summary['snapshot_id'])).toEqual(['mounted', 'mounted/deep', 'mounted/deep/file'])
    } finally {
      execFileSync('umount', [vault.at('mounted')])
    }
  })
})

describe('targets', () => {
  it('may be the root of all: everything in it is backed up that is not left out', async () => {
    const vault = await makeVault()
    vault.write('folder/file', 'content')
    // On each level to the source: all but the next one.
    const above: string[] = []
    for (let path = vault.source; path !== '/'; path = dirname(path)) above.push(path)
    const lines = above.toReversed().flatMap((path) => [join(dirname(path), '*'), `!${path}`])
    writeFileSync(vault.file('patterns'), lines.join('\n'))
    const run = await vault.backUp(['--exclude-file', vault.file('patterns')], { target: '/' })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.summary).toMatchObject({ files_new: 1, dirs_new: above.length + 1 })
    expect(await vault.kept()).toEqual(['folder', 'folder/file'])
    const { stdout } = await vault.holdfast(['snapshots', '--json'])
    expect(stdout).toContain('"paths":["/"]')
    const again = await vault.backUp(['--exclude-file', vault.file('patterns')], { target: '/' })
    expect(again.summary).toMatchObject({ files_unmodified: 1, files_new: 0, dirs_new: 0 })
    // Beside it no other target adds anything.
    const both = ['--exclude-file', vault.file('patterns'), '--force', vault.at('folder')]
    expect((await vault.backUp(both, { target: '/' })).summary).toMatchObject({ files_new: 1 })
    expect(String(await vault.contentOf('folder/file'))).toBe('content')
  })

  it('may lie in each other, be given twice, and be relative', async () => {
    const vault = await makeVault()
    vault.write('folder/deep/file', 'content')
    vault.write('folder/other', 'content')
    vault.write('alone', 'content')
    const targets = ['folder/deep/file', vault.at('folder'), 'folder/deep/', './folder/../folder', 'alone']
    const run = await vault.holdfast(['backup', '--json', ...targets], { cwd: vault.source })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toContain('"files_new":3,')
    expect(await vault.kept()).toEqual(['alone', 'folder', 'folder/deep', 'folder/deep/file', 'folder/other'])
  })

  it('of which none is there end the run before it begins, and are named', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    const before = vault.stored()
    const { code, stderr } = await vault.holdfast(['backup', vault.at('nowhere'), vault.at('anywhere')])
    expect(code).toBe(1)
    expect(stderr).toContain(`There is nothing at ${vault.at('nowhere')}`)
    expect(stderr).toContain('Nothing was read or stored; earlier recovery points are untouched.')
    expect(vault.stored()).toEqual(before)
  })
})
