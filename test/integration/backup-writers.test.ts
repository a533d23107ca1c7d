import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { describeWith } from '../support/peer/describe-with.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const ROUNDS = Number(process.env['HOLDFAST_WRITER_ROUNDS'] ?? 4)
const FILES = 200
const LONGEST = 3_000_000

/** Changes files of the source, in every way that programs do, until it is told to end. Resolves to how many it changed. */
function startWriters(vault: Vault): () => Promise<number> {
  const chance = seededChance(SEED)
  const bytes = (): Buffer =>
    chance.fill(Buffer.alloc(chance.below(10) === 0 ? chance.below(LONGEST) : chance.below(9000)))
  const ending = new AbortController()
  let changes = 0

  function change(): void {
    const folder = vault.at(`folder-${chance.below(5)}`)
    const file = join(folder, `file-${chance.below(FILES)}`)
    mkdirSync(folder, { recursive: true })
    const ways = [
      () => writeFileSync(file, bytes()),
      () => appendFileSync(file, bytes()),
      () => truncateSync(file, chance.below(1000)),
      () => {
        writeFileSync(`${file}.new`, bytes())
        renameSync(`${file}.new`, file)
      },
      () => rmSync(file, { force: true }),
      () => {
        if (chance.below(20) === 0) rmSync(folder, { recursive: true })
      },
    ]
    appendFileSync(file, '')
    ways[chance.below(ways.length)]?.()
    changes++
  }

  async function work(): Promise<number> {
    while (!ending.signal.aborted) {
      for (let turn = 0; turn < 20; turn++) change()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return changes
  }
  const working = work()
  return () => {
    ending.abort()
    return working
  }
}

describeWith(['restic'], `a backup of files that others write to meanwhile (HOLDFAST_SEED=${SEED})`, () => {
  it('never fails: it lists what it could not read as it was, and what it stored is whole', async () => {
    const vault = await makeVault()
    const endWriters = startWriters(vault)
    onTestFinished(() => void endWriters())
    const snapshots: { readonly id: string; readonly missed: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const run = await vault.backUp(round % 2 === 0 ? [] : ['--missed', 'next-run'])
      expect(run.stderr).toBe('')
      const errors = run.lines.filter(({ message_type: type }) => type === 'error')
      expect(run.code).toBe(errors.length > 0 ? 3 : 0)
      expect(run.summary['missed']).toBe(errors.length)
      for (const { kind, item, error } of errors) {
        expect(String(item).startsWith(vault.source)).toBe(true)
        // A file may also be another one than when it was looked at.
        if (kind !== 'changed') expect(JSON.stringify(error)).toMatch(/was replaced|was away/)
      }
      snapshots.push({ id: String(run.summary['snapshot_id']), missed: errors.length })
    }
    expect(await endWriters()).toBeGreaterThan(ROUNDS)
    const last = await vault.backUp()
    expect(last).toMatchObject({ code: 0, stderr: '' })
    expect(vault.restic('check', '--read-data')).toContain('no errors were found')
    vault.restic('restore', String(last.summary['snapshot_id']), '--target', vault.file('restored'))
    execFileSync('diff', ['-r', vault.source, join(vault.file('restored'), vault.source)])
    for (const { id, missed } of snapshots) {
      const target = vault.file('restored')
      rmSync(target, { recursive: true })
      const restore = ['restore', `${id}:${vault.source}`, '--target', target, '--verify']
      const { code, stderr } = await vault.holdfast(restore)
      expect(code).toBe(0)
      // What its run missed is all that a restore warns of.
      expect(stderr).toMatch(missed > 0 ? /^When this snapshot was made, .*\n$/ : /^$/)
    }
  })
})
