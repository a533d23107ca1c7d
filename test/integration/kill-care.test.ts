import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { openRepository, sha256 } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { type CareScene, makeCareScene } from '../support/care-scene.ts'
import { storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { notRenewed } from '../support/snapshot-files.ts'

const ROUNDS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 100)
const SEED = Number(process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31))

/** How often a run makes, changes, renames or removes something in the repository, about. */
const MOST_CHANGES = 30

/** A way to look after a repository, and what must hold however it ends. */
interface Care {
  readonly title: string
  /** Makes of the repository in a folder what the command is for. */
  readonly prepare?: (folder: string, scene: CareScene) => void | Promise<void>
  readonly command: (scene: CareScene, round: number) => readonly string[]
  /** Holds after the kill already: restic finds no errors. Otherwise only once the command has been run again. */
  readonly isSound: boolean
  /** Ids of snapshots that may be gone. */
  readonly mayGo: (scene: CareScene) => readonly string[]
  /** Makes snapshots anew without files of this name: those that are gone have others in their place. */
  readonly without?: string
  /** Says on standard error what is lost. */
  readonly tellsOfLoss?: boolean
  /** Of these rounds of all. */
  readonly share: number
}

function packsIn(folder: string): string[] {
  const names = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /[0-9a-f]{64}$/.test(name)).map((name) => join(folder, 'data', name))
}

/** Removes the oldest snapshots, so that there is something to prune. */
function forgetSome(folder: string, { snapshots }: CareScene): void {
  for (const id of snapshots.slice(0, 3)) rmSync(join(folder, 'snapshots', id))
}

/** Adds a snapshot with a file of which nobody has the content. */
async function storeLossy(folder: string, { env }: CareScene): Promise<void> {
  const repository = await openRepository(openDirectoryStorage(folder), env['RESTIC_PASSWORD'] ?? '')
  const times = '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z"'
  const tree = Buffer.from(
    `{"nodes":[{"name":"f","type":"file",${times},"uid":0,"gid":0,"size":5,"content":["${'ab'.repeat(32)}"]}]}\n`,
  )
  await storeIndex(repository, await storePack(repository, [{ type: 'tree', plain: tree }]))
  await storeSnapshot(repository, sha256(tree).toString('hex'))
}

const CARES: readonly Care[] = [
  {
    title: 'prune',
    prepare: forgetSome,
    command: (_, round) => ['prune', '--max-unused', '0', ...(round % 4 === 0 ? ['--repack-small'] : [])],
    isSound: true,
    mayGo: ({ snapshots }) => snapshots.slice(0, 3),
    share: 0.7,
  },
  {
    title: 'prune with a grace',
    prepare: forgetSome,
    command: () => ['prune', '--max-unused', '0', '--grace', '1h'],
    isSound: true,
    mayGo: ({ snapshots }) => snapshots.slice(0, 3),
    share: 0.3,
  },
  {
    title: 'forget',
    command: ({ snapshots }, round) =>
      round % 2 === 0 ? ['forget', ...snapshots.slice(0, 4)] : ['forget', '--keep-last', '2', '--yes', '--prune'],
    isSound: true,
    mayGo: ({ snapshots }) => snapshots.slice(0, 4),
    share: 1,
  },
  {
    title: 'repair index',
    prepare(folder) {
      const [damaged, gone] = readdirSync(join(folder, 'index'))
      writeFileSync(join(folder, 'index', String(damaged)), 'damaged')
      rmSync(join(folder, 'index', String(gone)))
    },
    command: (_, round) => ['repair', 'index', ...(round % 2 === 0 ? ['--read-all-packs'] : [])],
    isSound: false,
    mayGo: () => [],
    share: 0.4,
  },
  {
    title: 'repair packs',
    prepare(folder) {
      // The header of a pack: all of its blobs are whole.
      const [largest = ''] = packsIn(folder).toSorted((a, b) => readFileSync(b).length - readFileSync(a).length)
      const bytes = readFileSync(largest)
      const at = bytes.length - 30
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(largest, bytes)
    },
    command: () => ['repair', 'packs'],
    isSound: false,
    mayGo: () => [],
    share: 0.3,
  },
  {
    title: 'repair snapshots',
    prepare: storeLossy,
    command: () => ['repair', 'snapshots', '--forget'],
    isSound: false,
    mayGo: () => [],
    tellsOfLoss: true,
    share: 0.3,
  },
  {
    title: 'rewrite',
    command: () => ['rewrite', '--exclude', 'nothing-is-called-so', '--exclude', 'f1', '--forget'],
    isSound: true,
    mayGo: ({ snapshots }) => snapshots,
    without: 'f1',
    share: 0.3,
  },
]

/** How many snapshots have taken the place of the one with a loss, which is gone. */
async function repairedIn(folder: string, scene: CareScene): Promise<number> {
  const files = await scene.filesOf(folder)
  return files.filter(
    ({ id, original }) =>
      original !== undefined && !files.some((other) => other.id === original) && !scene.contents.has(id),
  ).length
}

describeWith(['restic'], `care that is killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  const chance = seededChance(SEED)
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  for (const care of CARES) {
    const rounds = Math.max(2, Math.round(ROUNDS * care.share))
    it(`${care.title}, ${rounds} times, loses nothing, and the same again completes it`, async () => {
      let lasted = 1500
      let killed = 0
      for (let round = 0; round < rounds; round++) {
        const folder = scene.fresh()
        await care.prepare?.(folder, scene)
        const mayGo = care.mayGo(scene)
        const command = [...care.command(scene, round), '-r', folder]
        const moment =
          round % 2 === 0 ? { after: chance.fraction() * lasted } : { change: 1 + chance.below(MOST_CHANGES), folder }
        const run = await runAndKill(command, scene.env, moment)
        if (run.killed) killed++

        const expectWhole = async (): Promise<void> => {
          const left = await scene.contentsOf(folder)
          for (const [id, content] of scene.contents) {
            if (left.has(id)) expect(left.get(id)).toBe(content)
            else expect(mayGo).toContain(id)
          }
          const { without } = care
          if (without !== undefined) {
            expect(notRenewed(scene.files, await scene.filesOf(folder), without)).toEqual([])
          }
        }
        if (care.isSound) {
          await expectWhole()
          scene.restic(folder, 'check', ...(round % 10 === 0 ? ['--read-data'] : []))
        }
        // Half of what was killed is completed, and all that had to be mended.
        if (care.isSound && round % 2 === 1) continue
        // What a killed run had stored is in no index yet.
        if (care.title === 'repair snapshots') await runAndKill(['repair', 'index', '-r', folder], scene.env)
        const begun = performance.now()
        const again = await runAndKill(command, scene.env)
        lasted = performance.now() - begun
        // What was named and is gone by now cannot be named again.
        if (care.title !== 'forget' && care.tellsOfLoss !== true) expect(again.stderr).toBe('')
        expect(readdirSync(join(folder, 'locks')).filter((name) => !name.includes('-tmp-'))).toEqual([])
        await expectWhole()
        if (care.title === 'repair packs') await runAndKill(['prune', '-r', folder], scene.env)
        if (care.title === 'repair snapshots') expect(await repairedIn(folder, scene)).toBeGreaterThanOrEqual(1)
        scene.restic(folder, 'check', ...(round % 10 === 0 ? ['--read-data'] : []))
      }
      // Not every moment is in the middle, but a test in which none is would prove nothing.
      expect(killed).toBeGreaterThan(rounds / 5)
    })
  }
})
