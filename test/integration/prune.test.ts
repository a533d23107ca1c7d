import { hash } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { storeIndex, storePack } from '../support/craft.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { contents } from '../support/vault-contents.ts'
import { packPath, packsOf } from '../support/vault-files.ts'
import { idOf, messages, noise, openVault as open } from '../support/vault-runs.ts'
import { makeVault, type Vault } from '../support/vault.ts'

describeWith(['restic'], 'holdfast repo prune', () => {
  let vault: Vault
  beforeEach(async () => {
    vault = await makeVault()
  })

  /** Two snapshots of files that have little in common; the first is removed. Returns the second. */
  async function historyOf(): Promise<string> {
    for (let file = 0; file < 20; file++) vault.write(`first/${file}`, noise(file, 100_000))
    vault.write('both', noise(99, 3_000_000))
    const first = await idOf(vault.backUp(['--workers', '1']))
    rmSync(vault.at('first'), { recursive: true })
    vault.write('second', noise(100, 50_000))
    const second = await idOf(vault.backUp(['--workers', '1']))
    await vault.holdfast(['forget', first])
    return second
  }

  it('shows what goes and why, and a dry run changes nothing', async () => {
    const second = await historyOf()
    const before = vault.stored()
    const { code, stdout, stderr } = await vault.holdfast(['prune', '--dry-run'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^1 snapshot; of 4\.\d+ MiB \d+ blobs are needed, 2\d are not, 0 are further copies\.$/m)
    expect(stdout).toMatch(/ rewrite +\d+ +\d\.\d+ MiB +a part of them is not needed$/m)
    expect(stdout).toMatch(/ remove +\d+ +[\d.]+ [KM]iB +nothing in them is needed$/m)
    expect(stdout).toMatch(/^Leaves about 2\.\d+ MiB, 0 B of it unused \(0\.0 %\)\.$/m)
    expect(stdout).toMatch(/^Dry run: nothing was changed\.$/m)
    expect(vault.stored()).toEqual(before)
    const noLock = await vault.holdfast(['prune', '--dry-run', '--no-lock', '--json'])
    // The files, and the folders from the root down to theirs.
    const unused = 20 + vault.source.split('/').length + 1
    expect(messages(noLock.stdout, 'plan')[0]).toMatchObject({ snapshots: 1, blobs: { unused, repeated: 0 } })
    expect(vault.stored()).toEqual(before)
    expect(await vault.kept(second)).toEqual(['both', 'second'])
  })

  it('removes what no snapshot needs, and nothing else', async () => {
    await historyOf()
    const before = contents(vault)
    const { code, stdout } = await vault.holdfast(['prune', '--json', '--workers', '1'])
    expect(code).toBe(0)
    const [plan] = messages(stdout, 'plan')
    const [summary] = messages(stdout, 'summary')
    expect(messages(stdout, 'pack').map(({ action }) => action)).toContain('repack')
    expect(Number(summary?.['bytes_removed'])).toBeGreaterThan(4_000_000)
    expect(contents(vault)).toEqual(before)
    vault.restic('check', '--read-data')
    const bytes = packsOf(vault).length
    expect(bytes).toBeGreaterThan(0)
    const again = await vault.holdfast(['prune', '--json'])
    expect(messages(again.stdout, 'plan')[0]).toMatchObject({
      blobs: { ...(plan?.['blobs'] as object), unused: 0, repeated: 0 },
      packs: { remove: { packs: 0 }, repack: {}, unlisted: { packs: 0 }, missing: 0 },
    })
    expect((await vault.holdfast(['prune'])).stdout).toContain('Nothing is to be done.')
    // restic finds nothing left to do either.
    expect(vault.restic('prune', '--dry-run', '--max-unused', '0')).toMatch(/total prune: +0 blobs/)
  })

  it('leaves as much unused as it may, and rewrites no more than it may', async () => {
    await historyOf()
    const unlimited = await vault.holdfast(['prune', '--dry-run', '--json', '--max-unused', 'unlimited'])
    expect(messages(unlimited.stdout, 'plan')[0]).toMatchObject({ packs: { repack: {} }, bytes_repacked: 0 })
    const small = await vault.holdfast(['prune', '--dry-run', '--json', '--max-repack-size', '0'])
    expect(messages(small.stdout, 'plan')[0]).toMatchObject({ packs: { repack: {} } })
    for (const option of [['--max-unused', '100%'], ['--max-repack-size', 'x'], ['--grace', '2'], ['--no-lock']]) {
      const before = vault.stored()
      const { code, stderr } = await vault.holdfast(['prune', ...option])
      expect(code).toBe(1)
      expect(stderr).toMatch(/Nothing was (changed|removed)\./)
      expect(vault.stored()).toEqual(before)
    }
  })

  it('puts small packs together, where that is asked for', async () => {
    for (let round = 0; round < 5; round++) {
      vault.write(`file-${round}`, noise(round, 50_000))
      await vault.backUp()
    }
    const before = contents(vault)
    expect(packsOf(vault).length).toBeGreaterThanOrEqual(10)
    expect((await vault.holdfast(['prune'])).stdout).toContain('Nothing is to be done.')
    expect((await vault.holdfast(['prune', '--repack-small', '--workers', '1'])).code).toBe(0)
    expect(packsOf(vault)).toHaveLength(2)
    expect(contents(vault)).toEqual(before)
    vault.restic('check', '--read-data')
  })

  it('makes packs of the size that is asked for', async () => {
    vault.write('noise', noise(1, 14_000_000))
    await vault.backUp(['--pack-size', '4', '--workers', '1'])
    const sizes = (): number[] => packsOf(vault).map((name) => statSync(packPath(vault, name)).size)
    expect(Math.max(...sizes())).toBeLessThan(13_000_000)
    const options = ['prune', '--repack-small', '--workers', '1', '--pack-size']
    expect((await vault.holdfast([...options, '3'])).code).toBe(1)
    expect((await vault.holdfast([...options, '64'])).code).toBe(0)
    expect(Math.max(...sizes())).toBeGreaterThan(14_000_000)
    vault.restic('check', '--read-data')
  })

  it('compresses what is not compressed, where that is asked for', async () => {
    vault.write('text', 'all work and no play makes jack a dull boy\n'.repeat(30_000))
    await vault.backUp(['--compression', 'off'])
    const before = contents(vault)
    const { stdout } = await vault.holdfast(['prune', '--repack-uncompressed', '--json'])
    expect(Number(messages(stdout, 'summary')[0]?.['bytes_removed'])).toBeGreaterThan(1_000_000)
    expect(Number(messages(stdout, 'summary')[0]?.['bytes_written'])).toBeLessThan(20_000)
    expect(contents(vault)).toEqual(before)
    vault.restic('check', '--read-data')
  })

  it('has nothing left to compress after that, though nothing became shorter', async () => {
    vault.write('noise', noise(1, 1_000_000))
    vault.write('text', 'all work and no play makes jack a dull boy\n'.repeat(3000))
    await vault.backUp(['--compression', 'off'])
    const repository = await open(vault)
    // A blob of no bytes has no compressed form.
    await storeIndex(repository, await storePack(repository, [{ type: 'data', plain: Buffer.alloc(0) }]))
    const before = contents(vault)
    const first = await vault.holdfast(['prune', '--repack-uncompressed', '--max-unused', 'unlimited'])
    expect(first).toMatchObject({ code: 0, stderr: '' })
    const second = await vault.holdfast(['prune', '--repack-uncompressed', '--max-unused', 'unlimited'])
    expect(second.stdout).toContain('Nothing is to be done.')
    expect(contents(vault)).toEqual(before)
    vault.restic('check', '--read-data')
  })

  it('rewrites packs that hold data and folders together', async () => {
    vault.write('file', noise(1, 50_000))
    // The oldest versions of restic made such packs; so does a header that is read as one sort.
    await vault.backUp()
    const repository = await open(vault)
    const index = await repository.loadIndex({ purpose: 'read' })
    const { storeMixedPack } = await import('../support/mixed-pack.ts')
    await storeMixedPack(repository, index)
    const before = contents(vault)
    const { stdout } = await vault.holdfast(['prune', '--json'])
    expect(messages(stdout, 'plan')[0]).toMatchObject({ packs: { repack: { mixed: { packs: 1 } } } })
    expect(contents(vault)).toEqual(before)
    vault.restic('check', '--read-data')
  })

  it('removes packs that no index lists, as a backup leaves them that was ended', async () => {
    await historyOf()
    const name = hash('sha256', 'left')
    mkdirSync(join(vault.path, 'data', name.slice(0, 2)), { recursive: true })
    writeFileSync(join(vault.path, 'data', name.slice(0, 2), name), 'left')
    const { stdout } = await vault.holdfast(['prune'])
    expect(stdout).toMatch(/ remove +1 +4 B +no index lists them: a backup that was ended left them$/m)
    expect(packsOf(vault)).not.toContain(name)
  })

  it('unlists packs that are not there where nothing needs them, and refuses where something does', async () => {
    const second = await historyOf()
    const dry = await vault.holdfast(['prune', '--dry-run', '--json', '--max-unused', 'unlimited'])
    const unused = messages(dry.stdout, 'pack').find(({ action }) => action === 'remove')
    const name = String(unused?.['id'])
    rmSync(join(vault.path, 'data', name.slice(0, 2), name))
    const told = await vault.holdfast(['prune', '--dry-run', '--json'])
    expect(messages(told.stdout, 'pack')).toContainEqual(
      expect.objectContaining({ id: name, action: 'unlist', reason: 'missing', bytes: null }),
    )
    const { code, stdout } = await vault.holdfast(['prune'])
    expect(code).toBe(0)
    expect(stdout).toContain('1 pack that the index lists, nobody needs and is not there: taken out of the index.')
    vault.restic('check', '--read-data')

    for (const needed of packsOf(vault)) rmSync(join(vault.path, 'data', needed.slice(0, 2), needed))
    vault.write('more', noise(7, 1000))
    const before = vault.stored()
    const refused = await vault.holdfast(['prune'])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('Nothing was changed.')
    expect(refused.stderr).toContain('holdfast repo check')
    expect(vault.stored()).toEqual(before)
    expect(second).toHaveLength(64)
  })

  it('asks a person where there is no snapshot at all, as nothing is needed then', async () => {
    await historyOf()
    rmSync(join(vault.path, 'snapshots'), { recursive: true })
    mkdirSync(join(vault.path, 'snapshots'))
    const before = vault.stored()
    const check = await vault.holdfast(['check'])
    expect(check).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('There is data, and no snapshot') as string,
    })
    const { code, stderr } = await vault.holdfast(['prune'])
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no snapshot, so all \d+ packs of .* would go/) as string,
    })
    expect(vault.stored()).toEqual(before)
    expect((await vault.holdfast(['prune', '--yes'])).code).toBe(0)
    expect(packsOf(vault)).toEqual([])
  })

  it('asks likewise where the index is gone, too; with a grace what the packs hold is noted, and taken back', async () => {
    await historyOf()
    const kept = new Map(
      ['snapshots', 'index'].flatMap((kind) =>
        readdirSync(join(vault.path, kind)).map((name) => [
          `${kind}/${name}`,
          readFileSync(join(vault.path, kind, name)),
        ]),
      ) as [string, Buffer][],
    )
    for (const path of kept.keys()) rmSync(join(vault.path, path))
    const packs = packsOf(vault)
    const { code, stderr } = await vault.holdfast(['prune'])
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no snapshot, so all') as string,
    })
    expect((await vault.holdfast(['prune', '--grace', '48h', '--yes'])).code).toBe(0)
    expect(packsOf(vault)).toEqual(packs)
    // Somebody finds the snapshots again, and nothing else.
    for (const [path, content] of kept) if (path.startsWith('snapshots')) writeFileSync(join(vault.path, path), content)
    expect(await vault.holdfast(['prune'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('take back') as string,
    })
    vault.restic('check', '--read-data')
  })

  it.each(['snapshots', 'index'])('removes nothing where one of the %s cannot be read', async (kind) => {
    await historyOf()
    const [name = ''] = readdirSync(join(vault.path, kind))
    appendFileSync(join(vault.path, kind, name), 'x')
    const before = vault.stored()
    const { code, stderr } = await vault.holdfast(['prune'])
    expect(code).toBe(1)
    expect(stderr).toContain(name.slice(0, 10))
    expect(vault.stored()).toEqual(before)
  })

  it('leaves a pack of which something is damaged as it is, names it, and rewrites the others', async () => {
    await historyOf()
    const before = contents(vault)
    const repository = await open(vault)
    const index = await repository.loadIndex({ purpose: 'read' })
    const { damageBlob } = await import('../support/mixed-pack.ts')
    const { content, pack } = await damageBlob(vault, repository, index)
    const { code, stderr } = await vault.holdfast(['prune', '--max-unused', '0'])
    expect(code).toBe(3)
    expect(stderr).toContain(`Pack ${pack.slice(0, 10)} stays: something in it cannot be read`)
    expect(packsOf(vault)).toContain(pack)
    content.undo()
    expect(contents(vault)).toEqual(before)
    vault.restic('check', '--read-data')
  })

  it('is done by forget as well, whose grace lets packs wait', async () => {
    await historyOf()
    const packs = vault.stored().filter((path) => path.startsWith('data'))
    const rules = ['forget', '--keep-last', '1', '--yes', '--prune']
    expect(await vault.holdfast([...rules, '--grace', '1h'])).toMatchObject({ code: 0, stderr: '' })
    expect(vault.stored()).toEqual(expect.arrayContaining(packs))
    vault.restic('check', '--read-data')
  })

  it('is done by forget as well, and a dry run of both shows what would go', async () => {
    for (const round of [1, 2, 3]) {
      vault.write('file', noise(round, 500_000))
      await vault.backUp()
    }
    const rules = ['forget', '--keep-last', '1', '--yes', '--prune']
    const before = vault.stored()
    const dry = await vault.holdfast([...rules, '--dry-run'])
    expect(dry.stdout).toMatch(/ remove +\d+ +/)
    expect(vault.stored()).toEqual(before)
    const { code, stdout } = await vault.holdfast(rules)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Removed [4-8] packs of /m)
    vault.restic('check', '--read-data')
    expect((await vault.holdfast(rules)).stdout).not.toContain('Removed')
  })

  it('locks the repository for itself alone', async () => {
    await historyOf()
    const { lockRepository } = await import('../../core/repository/index.ts')
    const lock = await lockRepository(await open(vault), { exclusive: false })
    try {
      const { code, stderr } = await vault.holdfast(['prune'])
      expect(code).toBe(11)
      expect(stderr).toContain('nothing was changed.')
    } finally {
      await lock.release()
    }
  })
})
