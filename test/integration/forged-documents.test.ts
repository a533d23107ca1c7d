import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { sha256 } from '../../core/repository/index.ts'
import { openVault } from '../support/copy.ts'
import { storePack } from '../support/craft.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const ID = 'cd'.repeat(32)

/** Who may write a file that is backed up, and may write to the storage, has all that this takes. */
describe('a blob that was stored as it is, cut out of its pack and put among', () => {
  let vault: Vault

  beforeEach(async () => {
    vault = await makeVault()
    vault.write('file', 'content')
    expect((await vault.backUp()).code).toBe(0)
  })

  /** Returns the name of the file that was put there. */
  async function cutOut(plain: string, folder: string): Promise<string> {
    const bytes = Buffer.from(plain)
    const { name, entries } = await storePack(await openVault(vault), [{ type: 'data', plain: bytes }])
    const { offset = 0, length = 0 } = entries[0] ?? {}
    const pack = readFileSync(join(vault.path, 'data', name.slice(0, 2), name))
    const sealed = pack.subarray(offset, offset + length)
    const forged = sha256(sealed).toString('hex')
    writeFileSync(join(vault.path, folder, forged), sealed)
    return forged
  }

  it.each([' ', '\t', '\n', '\r'])('the snapshots, beginning with %j: it is none', async (blank) => {
    const forged = await cutOut(
      `${blank}{"time":"2030-01-01T00:00:00Z","tree":"${ID}","paths":["/forged"],"hostname":"host"}`,
      'snapshots',
    )
    const { code, stdout, stderr } = await vault.holdfast(['snapshots'])
    expect({ code, named: stderr.includes(forged.slice(0, 8)) }).toEqual({ code: 3, named: true })
    expect(stdout).not.toContain('/forged')
    expect((await vault.holdfast(['ls', 'latest'])).stdout).toContain('/file')
    expect((await vault.holdfast(['check'])).stderr).toContain('begins as no document does')
  })

  it('the indexes: it lists nothing, and check names it', async () => {
    const forged = await cutOut(` {"packs":[{"id":"${ID}","blobs":[]}]}`, 'index')
    const { code, stderr } = await vault.holdfast(['check'])
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`Index ${forged.slice(0, 8)}.*begins as no document does`))
    expect(stderr).not.toContain(ID.slice(0, 8))
  })

  it('the locks: it counts as one that cannot be read, and is not removed as stale', async () => {
    const forged = await cutOut(' {"time":"2020-01-01T00:00:00Z","exclusive":true,"hostname":"host","pid":1}', 'locks')
    expect((await vault.backUp()).code).toBe(11)
    expect((await vault.holdfast(['unlock'])).code).toBe(0)
    expect(readdirSync(join(vault.path, 'locks'))).toEqual([forged])
  })
})
