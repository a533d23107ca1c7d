import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { type CareScene, locksIn, makeCareScene } from '../support/care-scene.ts'
import { clockAhead } from '../support/clock-ahead.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { keepFolder } from '../support/kept-folder.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { notRenewed } from '../support/snapshot-files.ts'

const HOUR = 3_600_000
/** A way to look after a repository that never leaves anything worse than what is stored twice. */
interface Care {
  readonly title: string
  /** Makes of the repository in a folder what the command is for. Once: what it is then is copied for each round. */
  readonly prepare?: (folder: string, scene: CareScene) => void | Promise<void>
  /** Milliseconds by which the clock of the command is ahead of that of what prepared it. */
  readonly ahead?: number
  readonly command: (scene: CareScene) => readonly string[]
  /** Ids of snapshots that may be gone. */
  readonly mayGo: (scene: CareScene) => readonly string[]
  /** Makes snapshots anew without files of this name: those that are gone have others in their place. */
  readonly without?: string
  /** Once it is complete, no pack is left that no index lists. */
  readonly isTidy?: boolean
  /** What was prepared needs packs that wait, which restic does not read: it can once the command is complete. */
  readonly needsWaiting?: boolean
  /** Of the kills of all. */
  readonly share: number
}

/** Removes the oldest snapshots, so that there is something to prune. */
function forgetSome(folder: string, { snapshots }: CareScene): void {
  for (const id of snapshots.slice(0, 3)) rmSync(join(folder, 'snapshots', id))
}

/** The same, and lets what is not needed any more wait for an hour. */
async function letSomeWait(folder: string, scene: CareScene): Promise<void> {
  forgetSome(folder, scene)
  const ended = await runHoldfast(['repo', 'prune', '-r', folder, '--max-unused', '0', '--grace', '1h'], {
    env: scene.env,
  })
  expect(ended).toMatchObject({ code: 0, stderr: '' })
}

/** Somebody who had read the index before stores a snapshot of what waits. */
async function needSomeAgain(folder: string, scene: CareScene): Promise<void> {
  const again = scene.snapshots[1] ?? expect.unreachable()
  const file = join(folder, 'snapshots', again)
  const document = readFileSync(file)
  await letSomeWait(folder, scene)
  writeFileSync(file, document)
}

const PRUNE = { prepare: forgetSome, mayGo: ({ snapshots }: CareScene) => snapshots.slice(0, 3) }

const CARES: readonly Care[] = [
  { title: 'prune', ...PRUNE, command: () => ['prune', '--max-unused', '0'], isTidy: true, share: 0.6 },
  {
    title: 'prune of small packs',
    ...PRUNE,
    command: () => ['prune', '--max-unused', '0', '--repack-small'],
    isTidy: true,
    share: 0.2,
  },
  { title: 'prune with a grace', ...PRUNE, command: () => ['prune', '--max-unused', '0', '--grace', '1h'], share: 0.3 },
  {
    title: 'prune when a grace is over',
    prepare: letSomeWait,
    mayGo: PRUNE.mayGo,
    command: () => ['prune'],
    ahead: 2 * HOUR,
    isTidy: true,
    share: 0.3,
  },
  {
    title: 'prune when a grace is over, of what is needed again in part',
    prepare: needSomeAgain,
    mayGo: ({ snapshots }) => [snapshots[0], snapshots[2]].filter((id) => id !== undefined),
    command: () => ['prune'],
    ahead: 2 * HOUR,
    isTidy: true,
    needsWaiting: true,
    share: 0.3,
  },
  {
    title: 'forget',
    command: ({ snapshots }) => ['forget', ...snapshots.slice(0, 4)],
    mayGo: ({ snapshots }) => snapshots.slice(0, 4),
    share: 0.4,
  },
  {
    title: 'forget with a prune',
    command: () => ['forget', '--keep-last', '2', '--yes', '--prune'],
    mayGo: ({ snapshots }) => snapshots.slice(0, 4),
    share: 0.6,
  },
  {
    title: 'rewrite',
    command: () => ['rewrite', '--exclude', 'nothing-is-called-so', '--exclude', 'f1', '--forget'],
    mayGo: ({ snapshots }) => snapshots,
    without: 'f1',
    share: 0.3,
  },
]

describeWith(['restic'], `care that is killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  async function expectWhole(folder: string, { mayGo, without }: Care, purpose?: 'read'): Promise<void> {
    const left = await scene.contentsOf(folder, purpose)
    for (const [id, content] of scene.contents) {
      if (left.has(id)) expect(left.get(id)).toBe(content)
      else expect(mayGo(scene)).toContain(id)
    }
    if (without !== undefined) expect(notRenewed(scene.files, await scene.filesOf(folder), without)).toEqual([])
  }

  for (const care of CARES) {
    const kills = Math.ceil(KILLS * care.share)
    it(`${care.title}, killed ${kills} times at work, loses nothing, and the same again completes it`, async () => {
      const folder = scene.fresh()
      await care.prepare?.(folder, scene)
      const prepared = keepFolder(folder)
      const env = { ...scene.env, ...(care.ahead !== undefined && clockAhead(care.ahead)) }
      await killUntilMet(kills, seededChance(`${SEED} ${care.title}`), async (moment, number) => {
        prepared.copyTo(folder)
        const command = [...care.command(scene), '-r', folder]
        const run = await runAndKill(command, env, folder, moment)
        if (!run.killed) expect(run).toMatchObject({ code: 0, stderr: '' })
        const check = ['check', ...(number % 10 === 0 ? ['--read-data'] : [])]
        if (care.needsWaiting && run.killed) await expectWhole(folder, care, 'read')
        else {
          await expectWhole(folder, care)
          scene.restic(folder, ...check)
        }
        if (number % 3 !== 0) return run

        const again = await runHoldfast(['repo', ...command], { env })
        // What was named and is gone by now cannot be named again.
        if (care.title !== 'forget') expect(again).toMatchObject({ code: 0, stderr: '' })
        expect(locksIn(folder)).toEqual([])
        await expectWhole(folder, care)
        if (care.isTidy) expect(packsIn(folder)).toEqual(await scene.listedPacks(folder))
        scene.restic(folder, ...check)
        return run
      })
    })
  }
})

/** Packs that are there. One that was not finished is none. */
function packsIn(folder: string): string[] {
  const names = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
  return names.flatMap((name) => /[0-9a-f]{64}$/.exec(name) ?? []).toSorted()
}
