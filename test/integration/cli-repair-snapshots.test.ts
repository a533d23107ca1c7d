import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { basename, join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { packPath, packsOf } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

function noise(seed: number, bytes: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(bytes))
}

describeWith(['restic'], 'holdfast repo repair snapshots', () => {
  let vault: Vault
  let first: string
  let second: string
  let packsOfFirst: ReadonlySet<string>
  beforeEach(async () => {
    vault = await makeVault()
    vault.write('whole', 'whole')
    first = String((await vault.backUp(['--workers', '1'])).summary['snapshot_id'])
    packsOfFirst = new Set(packsOf(vault))
    vault.write('deep/er/lost', noise(1, 3_000_000))
    vault.write('also', noise(2, 10))
    second = String((await vault.backUp(['--workers', '1'])).summary['snapshot_id'])
  })

  /** Loses all packs with blobs of this type, or those of the newest backup alone. */
  async function losePacks(type: 'data' | 'tree', of: 'all' | 'newest'): Promise<void> {
    const repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
    const index = await repository.loadIndex({ purpose: 'refer' })
    const packs = new Set<string>()
    for (let entry = 0; entry < index.count; entry++) {
      const { type: is, pack } = index.locate(entry)
      if (is === type) packs.add(index.packs.idOf(pack).toString('hex'))
    }
    const lost = [...packs].filter((pack) => of === 'all' || !packsOfFirst.has(pack))
    expect(lost.length).toBeGreaterThan(0)
    for (const pack of lost) rmSync(packPath(vault, pack))
    await vault.holdfast(['repair', 'index', '--yes'])
  }

  async function ids(): Promise<string[]> {
    const { stdout } = await vault.holdfast(['snapshots', '--json'])
    return jsonLines(stdout).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
  }

  it('does nothing where nothing is lost', async () => {
    const stored = vault.stored()
    const { code, stdout } = await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect(code).toBe(0)
    expect(stdout).toContain('Nothing is to be done.')
    expect(vault.stored()).toEqual(stored)
  })

  it('leaves out what is lost of files, names them, and keeps the rest', async () => {
    await losePacks('data', 'newest')
    const stored = vault.stored()
    const dry = await vault.holdfast(['repair', 'snapshots', '--dry-run', '--no-lock'])
    expect(dry).toMatchObject({ code: 3, stdout: expect.stringContaining('would be made anew') as string })
    expect(vault.stored()).toEqual(stored)
    const { code, stdout, stderr } = await vault.holdfast(['repair', 'snapshots', '--forget', '--json'])
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    const lines = jsonLines(stdout)
    const lost = lines.filter(({ message_type: type }) => type === 'file').map(({ path }) => String(path))
    expect(lost.map((path) => basename(path)).toSorted()).toEqual(['also', 'lost'])
    expect(lines.at(-1)).toMatchObject({ changed: 1, unchanged: 1, lost: 0, removed: 1 })
    expect(await ids()).toHaveLength(2)
    expect(await ids()).not.toContain(second)
    expect(await vault.kept()).toEqual(['also', 'deep', 'deep/er', 'deep/er/lost', 'whole'])
    expect(await vault.contentOf('deep/er/lost')).toHaveLength(0)
    expect((await vault.contentOf('whole')).toString()).toBe('whole')
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
  })

  it('removes none while something may be in packs that no index lists', async () => {
    const [name = ''] = readdirSync(join(vault.path, 'index'))
    rmSync(join(vault.path, 'index', name))
    const stored = vault.stored()
    const { code, stderr } = await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect(code).toBe(1)
    expect(stderr).toContain('what seems lost may be in')
    expect(stderr).toContain('Run `holdfast repo repair index` first')
    expect(vault.stored()).toEqual(stored)
    await vault.holdfast(['repair', 'index'])
    expect((await vault.holdfast(['repair', 'snapshots', '--forget'])).stdout).toContain('Nothing is to be done.')
  })

  it.each(['missing', 'empty'])('removes none where `data` is %s for a moment, and says so', async (how) => {
    const [data, away] = [join(vault.path, 'data'), vault.file('away')]
    renameSync(data, away)
    if (how === 'empty') mkdirSync(data)
    const stored = vault.stored()
    // No more than what a person may confirm elsewhere: --yes does not help here.
    for (const yes of [[], ['--yes']]) {
      const { code, stderr } = await vault.holdfast(['repair', 'snapshots', '--forget', ...yes])
      expect(code).toBe(1)
      expect(stderr).toMatch(/of \d packs that the index lists, \d are not there/)
      expect(stderr).toContain('a folder is not mounted')
      expect(stderr).toContain('run `holdfast repo repair index` first')
      expect(stderr).toContain('Nothing was changed.')
    }
    expect(vault.stored()).toEqual(stored)
    rmSync(data, { recursive: true, force: true })
    renameSync(away, data)
    expect((await vault.holdfast(['repair', 'snapshots', '--forget'])).stdout).toContain('Nothing is to be done.')
  })

  it('removes none of several that cannot be read before a person says yes', async () => {
    for (const id of [first, second]) truncateSync(join(vault.path, 'snapshots', id), 50)
    const stored = vault.stored()
    expect((await vault.holdfast(['repair', 'snapshots', '--forget'])).code).toBe(1)
    expect(vault.stored()).toEqual(stored)
    expect((await vault.holdfast(['repair', 'snapshots', '--forget', '--yes'])).code).toBe(3)
    expect(await ids()).toHaveLength(0)
  })

  it('removes snapshots of which not even the root is left, only where that is asked for', async () => {
    await losePacks('tree', 'all')
    const kept = await vault.holdfast(['repair', 'snapshots'])
    expect(kept.code).toBe(3)
    expect(kept.stderr).toContain('not even its root can be read')
    expect(kept.stdout).toContain('2 snapshots could not be made anew; --forget removes what nothing is left of.')
    expect(await ids()).toHaveLength(2)
    const stored = vault.stored()
    const stopped = await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect(stopped.code).toBe(1)
    expect(stopped.stderr).toContain(
      'Stopped for a person to confirm it: 2 of 2 snapshots would go at once, and nothing would take their place.',
    )
    expect(stopped.stderr).toContain('No snapshot was removed.')
    const dry = await vault.holdfast(['repair', 'snapshots', '--forget', '--dry-run'])
    expect(dry).toMatchObject({ code: 3, stdout: expect.stringContaining('Without --yes this stops') as string })
    expect(vault.stored()).toEqual(stored)
    const gone = await vault.holdfast(['repair', 'snapshots', '--forget', '--yes'])
    expect(gone.code).toBe(3)
    expect(gone.stdout).toContain(
      '2 snapshots could not be made anew, and nothing takes the place of what was removed.',
    )
    expect(gone.stdout).not.toContain('The old ones')
    expect(await ids()).toHaveLength(0)
    expect(vault.restic('check')).toContain('no errors were found')
  })

  it('keeps of two snapshots the one whose root is left', async () => {
    await losePacks('tree', 'newest')
    expect((await vault.holdfast(['repair', 'snapshots', '--forget'])).code).toBe(3)
    expect(await ids()).toEqual([first])
    expect((await vault.contentOf('whole')).toString()).toBe('whole')
  })

  it('removes snapshots that cannot be read, only where that is asked for', async () => {
    truncateSync(join(vault.path, 'snapshots', second), 50)
    const kept = await vault.holdfast(['repair', 'snapshots'])
    expect(kept.code).toBe(3)
    expect(kept.stderr).toContain(`Snapshot ${second.slice(0, 8)} cannot be read`)
    const gone = await vault.holdfast(['repair', 'snapshots', '--forget'])
    expect(gone.code).toBe(3)
    expect(gone.stdout).toContain('Removed 1 snapshot that cannot be read.')
    expect(await ids()).toEqual([first])
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
  })

  it('makes lost what the sources still have whole again, where a backup comes first', async () => {
    await losePacks('data', 'all')
    await vault.backUp(['--force'])
    const { stdout } = await vault.holdfast(['repair', 'snapshots'])
    expect(stdout).toContain('Nothing is to be done.')
    expect((await vault.contentOf('deep/er/lost', second)).equals(noise(1, 3_000_000))).toBe(true)
  })
})
