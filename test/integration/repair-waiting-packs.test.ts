import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { packPath, packsOf } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

function noise(seed: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(50_000))
}

const FILES = Array.from({ length: 10 }, (_, file) => `f${file}`)

describeWith(['restic'], 'damaged packs that wait to be removed, and are needed again', () => {
  let vault: Vault
  let first: string
  let packs: Readonly<Record<'data' | 'tree', string>>
  beforeEach(async () => {
    vault = await makeVault()
    for (const [file, name] of FILES.entries()) vault.write(name, noise(file))
    first = String((await vault.backUp(['--workers', '1'])).summary['snapshot_id'])
    packs = await packsByType()
    for (const name of FILES) rmSync(vault.at(name))
    vault.write('other', noise(100))
    await vault.backUp(['--workers', '1'])
    const snapshot = readFileSync(join(vault.path, 'snapshots', first))
    await vault.holdfast(['forget', first])
    expect((await vault.holdfast(['prune', '--grace', '2d'])).code).toBe(0)
    // Somebody who had read the index before refers to what was taken out of it since.
    writeFileSync(join(vault.path, 'snapshots', first), snapshot)
  })

  async function packsByType(): Promise<Record<'data' | 'tree', string>> {
    const repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
    const index = await repository.loadIndex({ purpose: 'read' })
    const found = { data: '', tree: '' }
    for (let entry = 0; entry < index.count; entry++) {
      const { type, pack } = index.locate(entry)
      found[type] = index.packs.idOf(pack).toString('hex')
    }
    return found
  }

  function flip(pack: string, at: number): void {
    const bytes = readFileSync(packPath(vault, pack))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(packPath(vault, pack), bytes)
  }

  const filesIn = (snapshot: string): Promise<Buffer[]> =>
    Promise.all(FILES.map((name) => vault.contentOf(name, snapshot)))

  /** What is left to do once the packs are dealt with, as it is told. */
  async function finish(damaged: string): Promise<string> {
    const { code } = await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect(code).toBe(3)
    expect((await vault.holdfast(['prune', '--max-unused', '0'])).code).toBe(0)
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
    expect(await vault.holdfast(['check', '--read-data'])).toMatchObject({ code: 0, stderr: '' })
    expect(packsOf(vault)).not.toContain(damaged)
    const { stdout } = await vault.holdfast(['snapshots', '--json'])
    return jsonLines(stdout).flatMap(({ id, tags }) => (tags === undefined ? [] : [String(id)]))[0] ?? ''
  }

  it.each([
    { how: 'has a flipped bit', saved: 9, damage: () => flip(packs.data, 60_000) },
    { how: 'was cut off', saved: 4, damage: () => truncateSync(packPath(vault, packs.data), 225_000) },
  ])(
    'are found where one $how, and what can be read of it is saved; all else is taken back',
    async ({ saved, damage }) => {
      damage()
      const stored = vault.stored()
      const dry = await vault.holdfast(['repair', 'packs', '--dry-run'])
      expect(dry.stdout).toContain(`Pack ${packs.data.slice(0, 10)} is damaged.`)
      expect(vault.stored()).toEqual(stored)
      const repaired = await vault.holdfast(['repair', 'packs', '--workers', '1'])
      expect(repaired.code).toBe(3)
      expect(repaired.stderr).toContain(`${saved} blobs saved, ${10 - saved} cannot be read`)
      expect(repaired.stdout).toContain('`holdfast repo check` then says what is lost')
      const renewed = await finish(packs.data)
      const whole = (await filesIn(renewed)).filter((content, file) => content.equals(noise(file)))
      expect(whole).toHaveLength(saved)
    },
  )

  it('are saved but for a folder that is lost in one, though no prune can take that one back', async () => {
    flip(packs.tree, 20)
    const pruned = await vault.holdfast(['prune'])
    expect(pruned.code).toBe(1)
    expect(pruned.stderr).toContain('Nothing was changed.')
    const repaired = await vault.holdfast(['repair', 'packs', '--workers', '1'])
    expect(repaired.code).toBe(3)
    expect(repaired.stderr).toMatch(/Pack [0-9a-f]{10}: [1-9] blobs saved, 1 cannot be read/)
    await finish(packs.tree)
  })

  it.each([
    { where: 'within a blob', bytes: () => 225_000, saved: 4 },
    // Behind it there are only the list of what it holds, and its length.
    { where: 'within its header', bytes: () => statSync(packPath(vault, packs.data)).size - 50, saved: 10 },
  ])('are not given up before they were looked into where one was cut $where, and are named', async (cut) => {
    truncateSync(packPath(vault, packs.data), cut.bytes())
    const stored = vault.stored()
    const { code, stderr } = await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect(code).toBe(1)
    expect(stderr).toContain('what seems lost may be in 1 damaged pack among those that wait to be removed')
    const name = packs.data.slice(0, 10)
    expect(stderr).toContain(`Run \`holdfast repo repair packs ${name}\` first, then this again.`)
    expect(vault.stored()).toEqual(stored)
    const repaired = await vault.holdfast(['repair', 'packs', name])
    expect(`${repaired.stderr}${repaired.stdout}`).toMatch(
      new RegExp(`(${cut.saved} blobs saved|Saved ${cut.saved} blobs)`),
    )
    if (cut.saved < FILES.length) await finish(packs.data)
    else expect(await filesIn(first)).toEqual(FILES.map((_, file) => noise(file)))
  })

  it('can be named, once: of what was set aside no index says what it holds', async () => {
    expect((await vault.holdfast(['repair', 'packs', packs.data])).stdout).toContain('Saved 10 blobs of 1 pack')
    const { code, stderr } = await vault.holdfast(['repair', 'packs', packs.data])
    expect(code).toBe(1)
    expect(stderr).toContain('is in no index')
    expect(stderr).toContain('with --read-all-packs also those that were set aside')
    await vault.holdfast(['prune'])
    expect((await vault.holdfast(['check', '--read-data'])).code).toBe(0)
    expect(await filesIn(first)).toEqual(FILES.map((_, file) => noise(file)))
  })
})
