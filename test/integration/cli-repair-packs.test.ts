import { chmodSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { describeBoundByModes } from '../support/privilege.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { contents } from '../support/vault-contents.ts'
import { packPath, packsOf } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

function noise(seed: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(50_000))
}

describeWith(['restic'], 'holdfast repo repair packs', () => {
  let vault: Vault
  let repository: Repository
  let dataPack: string
  beforeEach(async () => {
    vault = await makeVault()
    for (let file = 0; file < 10; file++) vault.write(`f${file}`, noise(file))
    await vault.backUp(['--workers', '1'])
    repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
    dataPack = await packOf(0)
  })

  /** The pack that holds the data blob of this number, in the order of the index. */
  async function packOf(number: number): Promise<string> {
    const index = await repository.loadIndex({ purpose: 'read' })
    const entries = Array.from({ length: index.count }, (_, entry) => entry)
    const [entry = 0] = entries.filter((each) => index.locate(each).type === 'data').slice(number)
    return index.packs.idOf(index.locate(entry).pack).toString('hex')
  }

  function flip(pack: string, at: number): void {
    const bytes = readFileSync(packPath(vault, pack))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(packPath(vault, pack), bytes)
  }

  /** Expects that it ends as done where nothing is lost, and with warnings otherwise. */
  async function repair(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await vault.holdfast(['repair', 'packs', '--json', ...args])
    const summary = jsonLines(stdout).at(-1) ?? {}
    expect({ code, stderr }).toEqual({ code: summary['blobs_lost'] === 0 ? 0 : 3, stderr: '' })
    return summary
  }

  it('does nothing where none is damaged', async () => {
    const stored = vault.stored()
    const { stdout } = await vault.holdfast(['repair', 'packs'])
    expect(stdout).toContain('No pack is damaged. Nothing is to be done.')
    expect(vault.stored()).toEqual(stored)
  })

  it('saves what can be read of a pack with a flipped bit, and a backup makes the rest whole', async () => {
    const before = contents(vault)
    flip(dataPack, 60_000)
    const stored = vault.stored()
    const dry = await vault.holdfast(['repair', 'packs', '--dry-run', '--no-lock'])
    expect(dry.stdout).toContain(`Pack ${dataPack.slice(0, 10)} is damaged.`)
    expect(vault.stored()).toEqual(stored)
    expect(await repair('--workers', '1')).toMatchObject({ packs: 1, blobs_saved: 9, blobs_lost: 1 })
    expect((await vault.holdfast(['check'])).code).toBe(1)
    await vault.backUp(['--force'])
    const check = await vault.holdfast(['check', '--read-data'])
    expect(check).toMatchObject({ code: 0 })
    expect([...contents(vault)]).toEqual(expect.arrayContaining([...before]))
    await vault.holdfast(['prune'])
    expect(packsOf(vault)).not.toContain(dataPack)
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
  })

  it('saves all of a pack whose header is lost, when it is cut off behind its blobs', async () => {
    const before = contents(vault)
    const bytes = readFileSync(packPath(vault, dataPack))
    truncateSync(packPath(vault, dataPack), bytes.length - 20)
    expect(await repair(dataPack.slice(0, 12))).toMatchObject({ packs: 1, blobs_saved: 10, blobs_lost: 0 })
    expect(contents(vault)).toEqual(before)
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
  })

  it('saves what lies before the end of a pack that was cut off', async () => {
    truncateSync(packPath(vault, dataPack), 225_000)
    expect(await repair()).toMatchObject({ packs: 1, blobs_saved: 4, blobs_lost: 6 })
    await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
    const lengths = await Promise.all(
      Array.from({ length: 10 }, async (_, file) => (await vault.contentOf(`f${file}`)).length),
    )
    expect(lengths.filter((length) => length === 50_000)).toHaveLength(4)
    expect(lengths.filter((length) => length === 0)).toHaveLength(6)
  })

  it('does not mind a damaged pack of which there is another copy', async () => {
    const before = contents(vault)
    const pack = packPath(vault, dataPack)
    const whole = readFileSync(pack)
    // Stored anew while the pack was away: now each blob is there twice.
    rmSync(pack)
    await vault.backUp(['--force'])
    writeFileSync(pack, whole)
    flip(dataPack, 60_000)
    expect(await repair()).toMatchObject({ packs: 1, blobs_saved: 9, blobs_lost: 1 })
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
    expect([...contents(vault)]).toEqual(expect.arrayContaining([...before]))
  })

  describeBoundByModes('where the storage does not hand out a pack', () => {
    it('leaves it as it is and says so, until it is named', async () => {
      const before = contents(vault)
      chmodSync(packPath(vault, dataPack), 0)
      const found = await vault.holdfast(['repair', 'packs'], { isBoundByModes: true })
      expect(found.code).toBe(3)
      expect(found.stderr).toContain('It may be whole, and stays as it is.')
      expect(found.stdout).toContain('Nothing was changed.')
      const named = await vault.holdfast(['repair', 'packs', dataPack], { isBoundByModes: true })
      expect(named.code).toBe(3)
      expect(named.stderr).toContain('0 blobs saved, 10 cannot be read')
      chmodSync(packPath(vault, dataPack), 0o600)
      await vault.holdfast(['repair', 'index', '--read-all-packs'])
      expect(contents(vault)).toEqual(before)
    })
  })

  it('can be taken back until the next prune', async () => {
    await repair(dataPack)
    await vault.holdfast(['repair', 'index', '--read-all-packs'])
    const index = await repository.loadIndex({ purpose: 'read' })
    const packs = new Set(
      Array.from({ length: index.count }, (_, entry) => index.packs.idOf(index.locate(entry).pack).toString('hex')),
    )
    expect(packs).toContain(dataPack)
  })

  it.each(['--dry-run', '--workers=1'])(
    'refuses a pack that no index lists, and says what leads on (%s)',
    async (how) => {
      rmSync(join(vault.path, 'index'), { recursive: true })
      mkdirSync(join(vault.path, 'index'))
      const stored = vault.stored()
      const { code, stderr } = await vault.holdfast(['repair', 'packs', how, dataPack])
      expect(code).toBe(1)
      expect(stderr).toContain('is in no index, so nothing is known of what it holds')
      expect(stderr).toContain('repair index')
      expect(vault.stored()).toEqual(stored)
    },
  )

  it.each([['zz'], ['--no-lock']])('refuses %j', async (argument) => {
    const stored = vault.stored()
    const { code } = await vault.holdfast(['repair', 'packs', argument])
    expect(code).toBe(1)
    expect(vault.stored()).toEqual(stored)
  })
})
