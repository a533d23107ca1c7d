import { chmodSync, existsSync, linkSync, rmSync, symlinkSync } from 'node:fs'

import { expect, it } from 'vitest'

import { describeBoundByModes } from '../support/privilege.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { type BackupRun, makeVault, type Vault } from '../support/vault.ts'

const MIB = 1024 * 1024
const BOUND = { isBoundByModes: true }

/** A bit of everything; another seed leaves one file and one folder of it as they are. */
function fill(vault: Vault, seed: number): void {
  const chance = seededChance(seed)
  vault.write('large', chance.fill(Buffer.alloc(5 * MIB)))
  vault.write('text', 'the same again and '.repeat(100_000))
  for (let file = 0; file < 40; file++) vault.write(`folder-${file % 3}/file-${file}`, `number ${file % 30} of ${seed}`)
  if (seed === 1) vault.write('kept', 'the same every time')
  if (seed === 1) vault.write('untouched/file', 'the same every time')
  vault.write('empty', '')
  rmSync(vault.at('link'), { force: true })
  symlinkSync('text', vault.at('link'))
  rmSync(vault.at('twin'), { force: true })
  linkSync(vault.at('text'), vault.at('twin'))
}

/**
 * The folders above the source are in a snapshot too, and change while tests run beside this one: their times take more
 * or fewer digits. Bytes, for all of them.
 */
const ABOVE = 200

/**
 * That two summaries are of the same run, but for what has to differ. A run that tries again what it missed stores the
 * folders above once more where they have changed meanwhile.
 */
function expectSame(dry: BackupRun, real: BackupRun, { triesAgain = false } = {}): void {
  const differing = {
    total_duration: 0,
    dry_run: 0,
    snapshot_id: 0,
    missed_log: 0,
    data_added: 0,
    data_added_packed: 0,
    ...(triesAgain && { tree_blobs: 0 }),
  }
  expect({ ...dry.summary, ...differing }).toEqual({ ...real.summary, ...differing })
  for (const name of ['data_added', 'data_added_packed']) {
    expect(Math.abs(Number(dry.summary[name]) - Number(real.summary[name]))).toBeLessThan(
      triesAgain ? 10 * ABOVE : ABOVE,
    )
  }
}

describeBoundByModes('a dry run', () => {
  it('stores nothing, and says of the run that follows exactly what that does', async () => {
    const vault = await makeVault()
    for (const seed of [1, 2]) {
      fill(vault, seed)
      const before = vault.stored()
      const dry = await vault.backUp(['--dry-run'])
      expect(dry).toMatchObject({ code: 0, stderr: '' })
      expect(vault.stored()).toEqual(before)
      expect(dry.summary).toMatchObject({ message_type: 'summary', dry_run: true })
      expect(dry.summary).not.toHaveProperty('snapshot_id')
      const real = await vault.backUp()
      expect(real.code).toBe(0)
      expect(real.summary).toMatchObject({ dry_run: false, snapshot_id: expect.any(String) as string })
      expectSame(dry, real)
      expect(Number(dry.summary['data_added'])).toBeGreaterThan(5 * MIB)
      expect(dry.summary).toMatchObject(
        seed === 1 ? { files_new: 46, dirs_new: 5 } : { files_new: 0, files_changed: 44, files_unmodified: 2 },
      )
    }
    const idle = await vault.backUp(['-n'])
    expect(idle.summary).toMatchObject({ files_new: 0, files_changed: 0, dirs_changed: 0, data_blobs: 0 })
  })

  it('tells people that nothing was stored', async () => {
    const vault = await makeVault()
    vault.write('file', 'content')
    const { code, stdout } = await vault.holdfast(['backup', '--dry-run', vault.source])
    expect(code).toBe(0)
    expect(stdout).toMatch(/\nDry run: nothing was stored\.\n$/)
    expect(stdout).not.toContain('saved')
    const { stdout: listed } = await vault.holdfast(['snapshots', '--json'])
    expect(listed).toContain('"message_type":"summary"')
    expect(listed).not.toContain('"snapshot"')
  })

  it('names what it would miss, ends with 3, and writes no list of it', async () => {
    const vault = await makeVault()
    vault.write('free', 'content')
    chmodSync(vault.write('locked', 'content'), 0)
    const before = vault.stored()
    const dry = await vault.backUp(['--dry-run'], BOUND)
    expect(dry.code).toBe(3)
    expect(dry.lines).toContainEqual(expect.objectContaining({ message_type: 'error', item: vault.at('locked') }))
    expect(dry.summary).toMatchObject({ missed: 1 })
    expect(dry.summary).not.toHaveProperty('missed_log')
    expect(existsSync(vault.file('logs'))).toBe(false)
    expect(vault.stored()).toEqual(before)
    const real = await vault.backUp([], BOUND)
    expectSame(dry, real, { triesAgain: true })
  })
})
