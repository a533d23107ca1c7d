import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { loadSnapshot } from '../../core/snapshot/index.ts'
import { type CareScene, locksIn, makeCareScene } from '../support/care-scene.ts'
import { storeSnapshot } from '../support/craft.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { keepFolder } from '../support/kept-folder.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type KilledRun, runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { slowFiles } from '../support/slow-files.ts'
import { notRenewed } from '../support/snapshot-files.ts'

/** So many stops of each command meet it at work. */
const STOPS = Math.ceil(KILLS / 10)
/** Milliseconds for each file: a run takes a second or so, and a signal finds it wherever it was meant to. */
const SLOW = slowFiles(8)
/** What a person is told who stopped it. */
const SAYS = {
  prune: 'Every snapshot is whole. What was done until then stays: the same command goes on from there.',
  forget:
    'Snapshots that were removed until then are gone for good, and the others are whole: `holdfast repo snapshots` lists them.',
  index: 'No pack was removed. The same command begins again, and does the rest.',
  packs: 'What was saved is in new packs, and nothing that can be read is lost: the same command does the rest.',
  rewrite: 'Each snapshot is there, as it was or made anew: the same command does the rest.',
} as const

interface Stopped {
  readonly title: string
  readonly says: keyof typeof SAYS
  /** Makes of the repository in a folder what the command is for. */
  readonly prepare?: (folder: string, scene: CareScene) => void | Promise<void>
  readonly command: (scene: CareScene, folder: string) => readonly string[]
  /** Snapshots that may be gone. */
  readonly mayGo: (scene: CareScene) => readonly string[]
  /** Makes snapshots anew without files of this name: those that are gone have others in their place. */
  readonly without?: string
  /** restic refuses what was prepared, until the command has mended it. */
  readonly isBroken?: boolean
}

const NONE = (): readonly string[] => []
const SOME = ({ snapshots }: CareScene): readonly string[] => snapshots.slice(0, 3)

function removeSome(folder: string, scene: CareScene): void {
  for (const id of SOME(scene)) rmSync(join(folder, 'snapshots', id))
}

function breakIndex(folder: string): void {
  const [damaged, gone] = readdirSync(join(folder, 'index'))
  writeFileSync(join(folder, 'index', String(damaged)), 'damaged')
  rmSync(join(folder, 'index', String(gone)))
}

/** Takes nothing away: the index says what the headers said. */
function breakHeaders(folder: string): void {
  for (const name of packsIn(folder).slice(0, 4)) {
    const bytes = readFileSync(name)
    bytes[bytes.length - 30] = (bytes.at(-30) ?? 0) ^ 1
    writeFileSync(name, bytes)
  }
}

function packsIn(folder: string): string[] {
  const names = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /[0-9a-f]{64}$/.test(name))
    .map((name) => join(folder, 'data', name))
    .toSorted()
}

const COMMANDS: readonly Stopped[] = [
  { title: 'prune', says: 'prune', prepare: removeSome, command: () => ['prune', '--max-unused', '0'], mayGo: SOME },
  {
    title: 'prune with a grace',
    says: 'prune',
    prepare: removeSome,
    command: () => ['prune', '--max-unused', '0', '--grace', '1h'],
    mayGo: SOME,
  },
  {
    title: 'forget of named snapshots',
    says: 'forget',
    // So many that they do not go all at once.
    async prepare(folder, scene) {
      const repository = await scene.open(folder)
      const { tree } = await loadSnapshot(repository, scene.snapshots[0] ?? '')
      for (let more = 0; more < 30; more++) await storeSnapshot(repository, tree)
    },
    // Those that are gone cannot be named again; where none is left there is one more.
    command({ snapshots }, folder) {
      const left = readdirSync(join(folder, 'snapshots')).filter((id) => !snapshots.slice(3).includes(id))
      return ['forget', ...(left.length > 0 ? left : snapshots.slice(3, 4))]
    },
    mayGo: ({ snapshots }) => snapshots.slice(0, 4),
  },
  {
    title: 'forget with a prune',
    says: 'forget',
    command: () => ['forget', '--keep-last', '2', '--yes', '--prune'],
    mayGo: ({ snapshots }) => snapshots.slice(0, 4),
  },
  {
    title: 'repair index',
    says: 'index',
    prepare: breakIndex,
    command: () => ['repair', 'index'],
    mayGo: NONE,
    isBroken: true,
  },
  {
    title: 'repair index of a whole one',
    says: 'index',
    command: () => ['repair', 'index', '--read-all-packs'],
    mayGo: NONE,
  },
  { title: 'repair packs', says: 'packs', prepare: breakHeaders, command: () => ['repair', 'packs'], mayGo: NONE },
  {
    title: 'rewrite',
    says: 'rewrite',
    command: () => ['rewrite', '--exclude', 'f1', '--forget'],
    mayGo: ({ snapshots }) => snapshots,
    without: 'f1',
  },
]

describeWith(['restic'], `care that is asked to stop at random moments (HOLDFAST_SEED=${SEED})`, () => {
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  async function expectWhole(folder: string, { mayGo, without }: Stopped): Promise<void> {
    const left = await scene.contentsOf(folder)
    for (const [id, content] of scene.contents) {
      if (left.has(id)) expect(left.get(id)).toBe(content)
      else expect(mayGo(scene)).toContain(id)
    }
    if (without !== undefined) expect(notRenewed(scene.files, await scene.filesOf(folder), without)).toEqual([])
  }

  it.each(COMMANDS)('$title ends with 130, says that all is safe, and the same again completes it', async (stopped) => {
    const folder = scene.fresh()
    await stopped.prepare?.(folder, scene)
    const prepared = keepFolder(folder)
    let met = 0
    await killUntilMet(STOPS, seededChance(`${SEED} stop ${stopped.title}`), async (moment) => {
      prepared.copyTo(folder)
      // Of those that meet it one is SIGTERM.
      const by = met === 1 ? 'SIGTERM' : 'SIGINT'
      const command = [...stopped.command(scene, folder), '-r', folder]
      const run = await runAndKill(command, { ...scene.env, ...SLOW }, folder, moment, by)
      expectClean(folder)
      if (isMet(run)) met++
      if (run.killed) {
        expect(run).toMatchObject({ code: 130, stderr: `Stopped by ${by}. ${SAYS[stopped.says]}\n` })
      } else expectEnded(run)
      if (!run.killed || !stopped.isBroken) {
        await expectWhole(folder, stopped)
        scene.restic(folder, 'check')
      }

      const again = [...stopped.command(scene, folder), '-r', folder]
      expect(await runHoldfast(['repo', ...again], { env: scene.env })).toMatchObject({ code: 0, stderr: '' })
      expectClean(folder)
      await expectWhole(folder, stopped)
      scene.restic(folder, 'check', '--read-data')
      return { ...run, killed: isMet(run) }
    })
  })

  it('copy ends with 130, says what is there, and the same again copies the rest', async () => {
    const env = { ...scene.env, RESTIC_FROM_PASSWORD: scene.env['RESTIC_PASSWORD'] }
    const known = [...scene.contents.values()].toSorted()
    let met = 0
    await killUntilMet(STOPS, seededChance(`${SEED} stop copy`), async (moment) => {
      const [from, to] = [scene.fresh(), scene.blank()]
      const command = ['copy', '-r', to, '--from-repo', from]
      const by = met === 1 ? 'SIGTERM' : 'SIGINT'
      const run = await runAndKill(command, { ...env, ...SLOW }, to, moment, by)
      for (const folder of [from, to]) expectClean(folder)
      const copied = [...(await scene.contentsOf(to)).values()]
      if (isMet(run)) met++
      if (run.killed) {
        const told =
          'Snapshots that were named as copied are in the destination. What was stored for others is kept: the same command goes on from there.'
        expect(run).toMatchObject({ code: 130, stderr: `Stopped by ${by}. ${told}\n` })
        expect(known).toEqual(expect.arrayContaining(copied))
        expect(run.stdout.match(/ was copied as /g) ?? []).toHaveLength(copied.length)
      } else {
        expectEnded(run)
        expect(copied.toSorted()).toEqual(known)
      }
      scene.restic(to, 'check', '--read-data')

      expect(await runHoldfast(['repo', ...command], { env })).toMatchObject({ code: 0, stderr: '' })
      for (const folder of [from, to]) expectClean(folder)
      expect([...(await scene.contentsOf(to)).values()].toSorted()).toEqual(known)
      scene.restic(to, 'check')
      return { ...run, killed: isMet(run) }
    })
  })
})

/** Whether it was stopped when it had begun to change something. Before that it waits for its lock, or reads. */
function isMet({ killed, changes }: KilledRun): boolean {
  return killed && changes > 0
}

/** It had done and said everything before the signal, which then ends the process as it ends any other. */
function expectEnded({ code, stderr }: { readonly code: number | null; readonly stderr: string }): void {
  expect([0, null]).toContain(code)
  expect(stderr).toBe('')
}

/** No lock, and nothing half-written. */
function expectClean(folder: string): void {
  expect(locksIn(folder)).toEqual([])
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  expect(names.filter((name) => name.includes('-tmp-'))).toEqual([])
}
