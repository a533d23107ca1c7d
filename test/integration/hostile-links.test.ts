import { readdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { seededBytes } from '../support/seeded-chance.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const packsIn = (vault: Vault, prefix: string): number => readdirSync(join(vault.path, 'data', prefix)).length

/** What somebody can do who may write where one repository is stored, and not where another is. */
describe('a link to a folder of another repository', () => {
  let ours: Vault
  let theirs: Vault

  beforeEach(async () => {
    ours = await makeVault()
    theirs = await makeVault({ name: 'theirs' })
    for (const vault of [ours, theirs]) {
      vault.write('file', seededBytes(vault === ours ? 1 : 2, 200_000))
      expect((await vault.backUp()).code).toBe(0)
    }
  })

  /** Puts their folder in the place of ours. */
  function lead(path: string): void {
    renameSync(join(ours.path, path), join(ours.path, `.${path.replace('/', '-')}`))
    symlinkSync(join(theirs.path, path), join(ours.path, path))
  }

  /** A folder of packs that they have, and that has none of ours. */
  function theirPackFolder(): string {
    const prefix = readdirSync(join(theirs.path, 'data')).find((each) => packsIn(theirs, each) > packsIn(ours, each))
    return join('data', prefix ?? '')
  }

  it.each([
    ['packs', ['prune']],
    ['data', ['prune']],
    ['data', ['repair', 'index']],
    ['index', ['repair', 'index']],
    ['index', ['prune']],
    ['snapshots', ['repair', 'snapshots', '--forget']],
    ['snapshots', ['forget', '--keep-last', '1', '--yes', '--prune']],
    ['locks', ['unlock', '--remove-all']],
    ['data', ['backup', '/etc/hostname']],
  ] as const)('(%s) has nothing removed or written there by `%s`', async (folder, command) => {
    lead(folder === 'packs' ? theirPackFolder() : folder)
    const before = theirs.stored()
    const { code, stderr } = await ours.holdfast(command)
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is a symbolic link') })
    expect(theirs.stored()).toEqual(before)
  })

  it('(data) is read through with --no-lock, as a folder on another disk would be', async () => {
    renameSync(join(ours.path, 'data'), ours.file('elsewhere'))
    symlinkSync(ours.file('elsewhere'), join(ours.path, 'data'))
    const refused = await ours.holdfast(['check', '--read-data'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('--no-lock')
    expect((await ours.holdfast(['check', '--read-data', '--no-lock'])).code).toBe(0)
    expect((await ours.holdfast(['restore', 'latest', '--target', ours.file('back'), '--no-lock'])).code).toBe(0)
  })
})
