import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type BackupOptions } from '../../core/archiver/index.ts'
import { loadSnapshots } from '../../core/snapshot/index.ts'
import { openMemoryStorage } from '../../core/storage/index.ts'
import { describeWithMounts } from '../conformance/small-disk.ts'
import { backupOptions } from '../support/backup-options.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { beforeSave } from '../support/storage-hook.ts'
import { makeVault, type Vault } from '../support/vault.ts'

/** Everything in it goes, the folder stays. */
function empty(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true })
}

/** Another folder with nothing in it takes its place, as where a file system is not mounted. */
function exchange(folder: string): void {
  renameSync(folder, `${folder} elsewhere`)
  mkdirSync(folder)
}

async function backedUpVault(): Promise<Vault> {
  const vault = await makeVault()
  vault.write('folder/file', 'content')
  expect((await vault.backUp()).code).toBe(0)
  return vault
}

async function expectRefused(vault: Vault, args: readonly string[] = []): Promise<void> {
  const before = vault.stored()
  const { code, stdout, stderr } = await vault.holdfast(['backup', ...args, vault.source])
  expect(code).toBe(1)
  expect(stdout).not.toContain('saved')
  expect(stderr).toBe(
    `${vault.source} is empty and another folder than at the last backup.\n` +
      'No recovery point was made of this run; earlier ones are untouched.\n' +
      'Mount what belongs there and run the backup again. If the folder is meant to be empty, give --force once.\n',
  )
  expect(vault.stored()).toEqual(before)
}

describe('a target that was exchanged or is empty', () => {
  it('is refused when it is another folder than before; the error says what to do, and that helps', async () => {
    const vault = await backedUpVault()
    exchange(vault.source)
    await expectRefused(vault)
    const forced = await vault.backUp(['--force'])
    expect(forced.code).toBe(0)
    expect(await vault.kept()).toEqual([])
    // From now on it is this folder that is known to be empty.
    expect((await vault.backUp()).code).toBe(0)
  })

  it('is refused by a dry run too, which tells the truth', async () => {
    const vault = await backedUpVault()
    exchange(vault.source)
    await expectRefused(vault, ['--dry-run'])
  })

  it('is refused as one of several', async () => {
    const vault = await makeVault()
    vault.write('one/file', 'content')
    vault.write('two/file', 'content')
    const targets = [vault.at('one'), vault.at('two')]
    expect((await vault.holdfast(['backup', ...targets])).code).toBe(0)
    exchange(vault.at('two'))
    const { code, stderr } = await vault.holdfast(['backup', ...targets])
    expect(code).toBe(1)
    expect(stderr).toContain(`${vault.at('two')} is empty and another folder`)
  })

  it('is believed when it is the same folder, which somebody emptied', async () => {
    const vault = await backedUpVault()
    empty(vault.source)
    expect(await vault.backUp()).toMatchObject({ code: 0, stderr: '' })
    expect(await vault.kept()).toEqual([])
  })

  it('is believed when it held nothing before either, or is new', async () => {
    const vault = await makeVault()
    expect((await vault.backUp()).code).toBe(0)
    exchange(vault.source)
    expect((await vault.backUp()).code).toBe(0)
  })

  it('is believed when it is another folder that holds something', async () => {
    const vault = await backedUpVault()
    exchange(vault.source)
    vault.write('new', 'content')
    expect((await vault.backUp()).code).toBe(0)
    expect(await vault.kept()).toEqual(['new'])
  })

  it('is believed when it is an empty file now', async () => {
    const vault = await backedUpVault()
    rmSync(vault.source, { recursive: true })
    writeFileSync(vault.source, '')
    expect((await vault.backUp()).code).toBe(0)
  })
})

describeWith(['restic'], 'a target that is empty', () => {
  it('is compared with what restic knew of it as well', async () => {
    const vault = await makeVault()
    vault.write('folder/file', 'content')
    vault.restic('backup', '--host', 'host', vault.source)
    exchange(vault.source)
    await expectRefused(vault, ['--host', 'host'])
    rmSync(vault.source, { recursive: true })
    renameSync(`${vault.source} elsewhere`, vault.source)
    empty(vault.source)
    expect((await vault.backUp(['--host', 'host'])).code).toBe(0)
  })
})

describeWithMounts('a file system that is not mounted today', () => {
  it('never looks as if everything had been deleted', async () => {
    const vault = await makeVault()
    execFileSync('mount', ['-t', 'tmpfs', 'none', vault.source])
    try {
      vault.write('folder/file', 'content')
      expect((await vault.backUp()).code).toBe(0)
    } finally {
      execFileSync('umount', [vault.source])
    }
    await expectRefused(vault)
    expect(await vault.kept()).toEqual(['folder', 'folder/file'])
  })
})

describe('a target that vanishes while it is read', async () => {
  const newRepository = await makeRepositories()
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-vanished-'))
    mkdirSync(join(home, 'source'))
    writeFileSync(join(home, 'source/file'), 'content')
  })
  afterEach(() => {
    rmSync(home, { recursive: true })
  })

  /** Backs up, and has the target changed at the moment that something is stored first, or before anything is read. */
  async function backUpVanishing(
    change: (source: string) => void,
    moment: 'while it is stored' | 'before it is read',
    changes: Partial<BackupOptions> = {},
  ) {
    let isDone = false
    const source = join(home, 'source')
    const once = (): void => {
      if (!isDone) change(source)
      isDone = true
    }
    const storage = openMemoryStorage()
    const isStored = moment === 'while it is stored'
    const repository = newRepository(isStored ? beforeSave(storage, once) : storage)
    const options = backupOptions(source, { ...changes, ...(isStored ? {} : { onParent: once }) })
    await expect(backUp(repository, repository.loadIndex({ purpose: 'refer' }), options)).rejects.toMatchObject({
      code: 'source/vanished',
      safety: 'No recovery point was made of this run; earlier ones are untouched.',
    })
    expect(isDone).toBe(true)
    expect(await loadSnapshots(repository)).toEqual([])
  }

  const ways: Record<string, (source: string) => void> = {
    'is removed': (source) => rmSync(source, { recursive: true }),
    'is exchanged for an empty folder': exchange,
    'is exchanged for a full one': (source) => {
      exchange(source)
      writeFileSync(join(source, 'file'), 'content')
    },
  }
  for (const moment of ['before it is read', 'while it is stored'] as const) {
    it.each(Object.entries(ways))(`makes no recovery point: it %s ${moment}`, async (_, change) => {
      await backUpVanishing(change, moment)
    })
  }

  it('is told by a dry run too', async () => {
    await backUpVanishing(exchange, 'before it is read', { dryRun: true })
  })
})
