import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type CareScene, makeCareScene } from '../support/care-scene.ts'
import { slowFiles } from '../support/slow-files.ts'
import { runAtTerminal } from '../support/terminal.ts'

/**
 * Milliseconds for each pack. How far a command is is told five times a second: with so slow a storage it is told between
 * one pack and the next, on any machine.
 */
const SLOW = 300

/** What is shown of one kind of work: its share, how much is done, of how much, what a second, and the time left. */
const counted = (doing: string): RegExp =>
  new RegExp(`^${doing}  (\\d+) %  [\\d,]+ of [\\d,]+  [\\d,]+/s  \\d+:\\d\\d left$`)
const weighed = (doing: string): RegExp =>
  new RegExp(`^${doing}  (\\d+) %  [\\d.]+ [KM]?i?B of [\\d.]+ [KM]iB  [\\d.]+ [KM]?i?B/s  \\d+:\\d\\d left$`)

const sharesOf = (lines: readonly string[], work: RegExp): number[] =>
  lines.flatMap((line) => work.exec(line)?.[1] ?? []).map(Number)

describe('how far care is, on a terminal', () => {
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  /** Runs it where the storage is slow, and expects a line of each work that tells how far it is, with shares that only grow. */
  async function expectShown(folder: string, command: readonly string[], works: readonly RegExp[]): Promise<void> {
    const { code, shown } = await runAtTerminal(['repo', ...command, '-r', folder], [], {
      RESTIC_PASSWORD: scene.env['RESTIC_PASSWORD'] ?? '',
      RESTIC_FROM_PASSWORD: scene.env['RESTIC_PASSWORD'] ?? '',
      HOLDFAST_STATE_DIR: scene.env['HOLDFAST_STATE_DIR'] ?? '',
      ...slowFiles(SLOW, '/data/'),
    })
    // Each line is written over the one before.
    const lines = shown.replaceAll('\r\u001B[K', '\n').split(/\r?\n/)
    expect(code, shown).toBe(0)
    for (const work of works) {
      const shares = sharesOf(lines, work)
      expect(shares.length, `${work} in ${lines.join('\n')}`).toBeGreaterThan(0)
      expect(shares).toEqual(shares.toSorted((a, b) => a - b))
      expect(shares.at(-1)).toBeLessThanOrEqual(100)
    }
    // Not only in the end.
    const between = works.flatMap((work) => sharesOf(lines, work)).filter((share) => share > 0 && share < 100)
    expect(between.length, lines.join('\n')).toBeGreaterThan(0)
  }

  it('a prune tells what it rewrites and removes', async () => {
    const folder = scene.fresh()
    for (const id of scene.snapshots.slice(0, 3)) rmSync(join(folder, 'snapshots', id))
    await expectShown(
      folder,
      ['prune', '--max-unused', '0'],
      [counted('Looking what is needed'), weighed('Rewriting packs'), counted('Removing packs')],
    )
  })

  it('a copy tells what it looks through and copies', async () => {
    const command = ['copy', '--from-repo', scene.fresh()]
    await expectShown(scene.blank(), command, [
      counted('Reading the index of the source'),
      counted('Looking what is needed'),
      weighed('Copying'),
    ])
  })

  it('a repair of the index tells which headers it reads', async () => {
    const command = ['repair', 'index', '--read-all-packs']
    await expectShown(scene.fresh(), command, [counted('Reading headers of packs')])
  })

  it('a repair of packs tells what it reads to find them, and what it saves', async () => {
    const folder = scene.fresh()
    const names = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
    for (const name of names.filter((each) => /[0-9a-f]{64}$/.test(each))) {
      const path = join(folder, 'data', name)
      const bytes = readFileSync(path)
      bytes[bytes.length - 30] = (bytes.at(-30) ?? 0) ^ 1
      writeFileSync(path, bytes)
    }
    await expectShown(
      folder,
      ['repair', 'packs'],
      [counted('Reading folders'), weighed('Reading packs'), weighed('Saving what can be read')],
    )
  })
})
