import { hash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { type CareScene, locksIn, makeCareScene } from '../support/care-scene.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'

const KILLS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 100)
const MIB = 1024 * 1024
const SECTOR = 512

describeWith(['restic'], `what adds to a repository and is killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  const chance = seededChance(SEED)
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  /** Every tenth time to the last byte. */
  function expectNoErrors(folder: string, number: number): void {
    scene.restic(folder, 'check', ...(number % 10 === 0 ? ['--read-data'] : []))
  }

  it(`copy, killed ${KILLS} times at work, leaves whole snapshots and what restic accepts`, async () => {
    const env = { ...scene.env, RESTIC_FROM_PASSWORD: scene.env['RESTIC_PASSWORD'] }
    const known = [...scene.contents.values()]
    await killUntilMet(KILLS, chance, async (moment, number) => {
      const [from, to] = [scene.fresh(), scene.blank()]
      const command = ['copy', '-r', to, '--from-repo', from]
      const run = await runAndKill(command, env, to, moment)
      const copied = [...(await scene.contentsOf(to)).values()]
      if (run.killed) expect(known).toEqual(expect.arrayContaining(copied))
      else
        expect({ ...run, copied: copied.toSorted() }).toMatchObject({ code: 0, stderr: '', copied: known.toSorted() })
      expectNoErrors(to, number)
      if (number % 4 !== 0) return run

      expect(await runHoldfast(['repo', ...command], { env })).toMatchObject({ code: 0, stderr: '' })
      expect([...(await scene.contentsOf(to)).values()].toSorted()).toEqual(known.toSorted())
      expect([...locksIn(from), ...locksIn(to)]).toEqual([])
      scene.restic(to, 'check')
      return run
    })
  })

  it(`an image backup, killed ${KILLS} times at work, acknowledges only what can be restored`, async () => {
    const [disk, areas] = [join(scene.home, 'disk'), join(scene.home, 'areas.json')]
    const folder = scene.blank()
    const bytes = seededChance(1).fill(Buffer.alloc(6 * MIB + 700))
    const command = ['image', 'backup', disk, '--name', 'disk', '-r', folder, '--json']
    /** The disk of each acknowledged snapshot. */
    const acknowledged = new Map<string, Disk>()

    function note(stdout: string): string | undefined {
      const id = /"snapshot_id":"([0-9a-f]{64})"/.exec(stdout)?.[1]
      if (id !== undefined) acknowledged.set(id, diskOf(bytes))
      return id
    }

    await killUntilMet(KILLS, chance, async (moment, number) => {
      const area = { offset: chance.below(bytes.length - 200_000), length: 200_000 }
      chance.fill(bytes.subarray(area.offset, area.offset + area.length))
      writeFileSync(disk, bytes)
      writeFileSync(areas, JSON.stringify([area]))
      // In turn all of it is read, and the area that has changed since the last snapshot, which is the second of a round.
      const run = await runAndKill(
        number % 2 === 0 ? command : [...command, '--changed', areas],
        scene.env,
        folder,
        moment,
      )
      const first = note(run.stdout)
      if (!run.killed)
        expect({ ...run, first }).toMatchObject({ code: 0, stderr: '', first: expect.any(String) as string })
      expectNoErrors(folder, number)
      if (first !== undefined) await expectStored(first)
      // The same disk again, by its areas: right also where the first run came to its end.
      const second = await runHoldfast(['repo', ...command, '--changed', areas], { env: scene.env })
      expect(second.code).toBe(0)
      // Of a run that was killed as it stored its snapshot nobody knows whether that is the last one.
      if (second.stderr !== '') expect(second.stderr).toMatch(/^All of the disk is read, not only the areas/)
      expect(locksIn(folder)).toEqual([])
      const id = note(second.stdout) ?? ''
      await expectStored(id)
      if (number % 10 === 0) await expectRestored(id)
      return run
    })
    for (const id of [...acknowledged.keys()].filter((_, number) => number % 20 === 0)) await expectRestored(id)

    /** By our own reader, which takes no process. */
    async function expectStored(id: string): Promise<void> {
      const [snapshot] = await scene.filesOf(folder, id)
      expect(snapshot?.files.get('/disk/extents/0001/flat.vmdk')).toBe(acknowledged.get(id)?.inSectors)
    }

    async function expectRestored(id: string): Promise<void> {
      const target = join(scene.home, 'restored')
      rmSync(target, { force: true })
      const restore = ['image', 'restore', id, '--name', 'disk', '--target', target, '-r', folder]
      expect(await runHoldfast(['repo', ...restore], { env: scene.env })).toMatchObject({ code: 0, stderr: '' })
      expect(diskOf(readFileSync(target))).toEqual(acknowledged.get(id))
    }
  })
})

/** The hashes of a disk: as it is, and filled up to a whole sector, as it is stored. */
interface Disk {
  readonly whole: string
  readonly inSectors: string
}

function diskOf(bytes: Buffer): Disk {
  const rest = Buffer.alloc((SECTOR - (bytes.length % SECTOR)) % SECTOR)
  return { whole: hash('sha256', bytes), inSectors: hash('sha256', Buffer.concat([bytes, rest])) }
}
