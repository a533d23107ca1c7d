import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { contents } from '../support/vault-contents.ts'
import { indexesOf, packPath, packsOf } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

describeWith(['restic'], 'holdfast repo repair index', () => {
  let vault: Vault
  let before: ReadonlyMap<string, string>
  beforeEach(async () => {
    vault = await makeVault()
    for (const round of [1, 2, 3]) {
      for (let file = 0; file < 5; file++) {
        vault.write(`${round}/${file}`, seededChance(round * 10 + file).fill(Buffer.alloc(20_000)))
      }
      await vault.backUp()
    }
    before = contents(vault)
  })

  const path = (name = ''): string => join(vault.path, 'index', name)

  async function repair(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await vault.holdfast(['repair', 'index', '--json', ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return jsonLines(stdout).at(-1) ?? {}
  }

  function expectWhole(): void {
    expect(contents(vault)).toEqual(before)
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
  }

  it('does nothing where the index says what is there', async () => {
    const stored = vault.stored()
    const { code, stdout } = await vault.holdfast(['repair', 'index'])
    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toContain('Nothing is to be done.')
    expect(vault.stored()).toEqual(stored)
  })

  it('lists all packs anew where every index file is gone', async () => {
    for (const name of indexesOf(vault)) rmSync(path(name))
    const stored = vault.stored()
    const dry = await vault.holdfast(['repair', 'index', '--dry-run', '--no-lock'])
    expect(dry.stdout).toContain('Dry run: nothing was changed.')
    expect(vault.stored()).toEqual(stored)
    expect(await repair()).toMatchObject({ packs_listed: packsOf(vault).length, packs_unreadable: 0 })
    expectWhole()
  })

  it.each(['flipped', 'cut', 'emptied'])('replaces an index file that was %s', async (how) => {
    const [name = ''] = indexesOf(vault)
    if (how === 'cut') truncateSync(path(name), 100)
    else if (how === 'emptied') truncateSync(path(name), 0)
    else {
      const bytes = readFileSync(path(name))
      bytes[50] = (bytes[50] ?? 0) ^ 1
      writeFileSync(path(name), bytes)
    }
    expect(await repair()).toMatchObject({ index_files_removed: 1 })
    expect(indexesOf(vault)).not.toContain(name)
    expectWhole()
  })

  it('forgets packs that are not there', async () => {
    const [gone = ''] = packsOf(vault)
    rmSync(packPath(vault, gone))
    const repaired = await vault.holdfast(['repair', 'index'])
    expect(repaired.code).toBe(3)
    expect(repaired.stderr).toContain('Forgot 1 pack that the index listed and that is not there.')
    expect(repaired.stderr).toContain('Run `holdfast repo check` next: it says what is lost with it, and what to do.')
    const { code, stdout } = await vault.holdfast(['check', '--json'])
    expect(code).toBe(1)
    expect(jsonLines(stdout).map(({ kind }) => kind)).not.toContain('pack-missing')
  })

  it.each(['missing', 'empty'])('forgets none without a word where `data` is %s for a moment', async (how) => {
    const [data, away] = [join(vault.path, 'data'), vault.file('away')]
    renameSync(data, away)
    if (how === 'empty') mkdirSync(data)
    const stored = vault.stored()
    const { code, stderr } = await vault.holdfast(['repair', 'index'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/of (\d+) packs that the index lists, \1 are not there/)
    expect(stderr).toContain('a folder is not mounted')
    expect(stderr).toContain('Nothing was changed.')
    const dry = await vault.holdfast(['repair', 'index', '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('Without --yes this stops') as string })
    expect(vault.stored()).toEqual(stored)
    rmSync(data, { recursive: true, force: true })
    renameSync(away, data)
    expectWhole()
  })

  it('forgets more than a third of all packs once a person says that they are gone', async () => {
    const gone = packsOf(vault).filter((_, at) => at % 2 === 0)
    for (const pack of gone) rmSync(packPath(vault, pack))
    const stored = vault.stored()
    expect((await vault.holdfast(['repair', 'index'])).code).toBe(1)
    expect(vault.stored()).toEqual(stored)
    const { code, stdout } = await vault.holdfast(['repair', 'index', '--yes', '--json'])
    expect({ code, summary: jsonLines(stdout).at(-1) }).toMatchObject({
      code: 3,
      summary: { packs_forgotten: gone.length },
    })
  })

  it('names packs whose header cannot be read, and leaves listed what the index lists of them', async () => {
    const [cut = ''] = packsOf(vault)
    const indexes = indexesOf(vault)
    appendFileSync(packPath(vault, cut), 'x')
    const { code, stderr } = await vault.holdfast(['repair', 'index'])
    expect(code).toBe(3)
    expect(stderr).toContain(`Pack ${cut.slice(0, 10)} is not listed by its header, which cannot be read`)
    expect(indexesOf(vault)).toEqual(indexes)
    // What lies before the damage is whole.
    expect(contents(vault)).toEqual(before)
  })

  it('lets a damaged index file be while a header cannot be read, and says what leads on', async () => {
    const [cut = ''] = packsOf(vault)
    const bytes = readFileSync(packPath(vault, cut))
    writeFileSync(packPath(vault, cut), Buffer.concat([bytes, Buffer.from('x')]))
    for (const name of indexesOf(vault)) truncateSync(path(name), 100)
    const damaged = indexesOf(vault)
    const { code, stderr } = await vault.holdfast(['repair', 'index'])
    expect(code).toBe(3)
    expect(stderr).toContain('is damaged, and stays')
    expect(indexesOf(vault)).toEqual(expect.arrayContaining(damaged))
    writeFileSync(packPath(vault, cut), bytes)
    expect(await repair()).toMatchObject({ index_files_removed: damaged.length, packs_unreadable: 0 })
    expectWhole()
  })

  it('believes no index file where it is told so', async () => {
    expect(await repair('--read-all-packs')).toMatchObject({ packs_listed: packsOf(vault).length })
    expect(indexesOf(vault)).toHaveLength(1)
    expectWhole()
  })

  it('lists packs of another repository’s copy that came without an index', async () => {
    const copy = vault.file('copy')
    cpSync(vault.path, copy, { recursive: true })
    for (const name of indexesOf(vault)) rmSync(path(name))
    expect((await vault.holdfast(['repair', 'index', '-r', copy])).stdout).toContain('Nothing is to be done.')
    expect(await repair()).toMatchObject({ packs_unreadable: 0 })
    expectWhole()
  })

  it('changes nothing without a lock', async () => {
    const { code, stderr } = await vault.holdfast(['repair', 'index', '--no-lock'])
    expect(code).toBe(1)
    expect(stderr).toContain('Nothing was changed.')
  })
})
