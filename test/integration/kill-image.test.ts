import { hash } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { type CareScene, locksIn, makeCareScene } from '../support/care-scene.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { makeDisk, writeDisk } from '../support/raw-disk.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { storedBlocks } from '../support/stored-blocks.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30
const SECTOR = 512

/** Three extents of holes, but for some data in each. The last one ends within a block, and that within a sector. */
const BYTES = 2 * GIB + 2 * MIB + 700
const WINDOWS = [MIB / 2, GIB - MIB, GIB + 300 * MIB + 77, 2 * GIB + MIB / 4]
const WINDOW = 1.5 * MIB

describeWith(['restic'], `a backup of a disk that is killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  const chance = seededChance(SEED)
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  it(`acknowledges only what can be restored, killed ${KILLS} times at work`, async () => {
    const [disk, areas] = [join(scene.home, 'disk'), join(scene.home, 'areas.json')]
    const folder = scene.blank()
    makeDisk(
      disk,
      BYTES,
      WINDOWS.map((offset) => ({ offset, bytes: chance.fill(Buffer.alloc(WINDOW)) })),
    )
    const command = ['image', 'backup', disk, '--name', 'disk', '-r', folder, '--json']
    /** The windows of each acknowledged snapshot. */
    const acknowledged = new Map<string, readonly string[]>()

    function note(stdout: string): string | undefined {
      const id = /"snapshot_id":"([0-9a-f]{64})"/.exec(stdout)?.[1]
      if (id !== undefined) acknowledged.set(id, windowsOf(disk))
      return id
    }

    await killUntilMet(KILLS, chance, async (moment, number) => {
      // In one or two extents.
      const changes = WINDOWS.slice(number % WINDOWS.length, (number % WINDOWS.length) + 1 + chance.below(2)).map(
        (window) => ({ offset: window + chance.below(WINDOW - 200_000), bytes: chance.fill(Buffer.alloc(200_000)) }),
      )
      writeDisk(disk, changes)
      writeFileSync(areas, JSON.stringify(changes.map(({ offset, bytes }) => ({ offset, length: bytes.length }))))
      // In turn all of it is read, and the areas that have changed since the last snapshot, the second of a round.
      const isByAreas = number % 2 === 1
      const run = await runAndKill(isByAreas ? [...command, '--changed', areas] : command, scene.env, folder, moment)
      const first = note(run.stdout)
      if (!run.killed)
        expect({ ...run, first }).toMatchObject({ code: 0, stderr: '', first: expect.any(String) as string })
      // Every tenth time to the last byte.
      scene.restic(folder, 'check', ...(number % 10 === 0 ? ['--read-data'] : []))
      if (first !== undefined) await expectStored(first)
      // The same disk again, by its areas: right also where the first run came to its end.
      const second = await runHoldfast(['repo', ...command, '--changed', areas], { env: scene.env })
      expect(second.code).toBe(0)
      expect(second.stderr).toBe('')
      expect(locksIn(folder)).toEqual([])
      const id = note(second.stdout) ?? ''
      await expectStored(id)
      if (number % 10 === 0) await expectRestored(id)
      return run
    })
    for (const id of [...acknowledged.keys()].filter((_, number) => number % 20 === 0)) await expectRestored(id)

    /** By our own reader, which takes no process: as the disk is now. */
    async function expectStored(id: string): Promise<void> {
      expect(await storedBlocks(await scene.open(folder), id, 'disk')).toEqual(blocksOf(disk))
    }

    async function expectRestored(id: string): Promise<void> {
      const target = join(scene.home, 'restored')
      rmSync(target, { force: true })
      const restore = ['image', 'restore', id, '--name', 'disk', '--target', target, '-r', folder]
      expect(await runHoldfast(['repo', ...restore], { env: scene.env })).toMatchObject({ code: 0, stderr: '' })
      expect(windowsOf(target)).toEqual(acknowledged.get(id))
      // All else are holes: nothing but the blocks of the windows takes room.
      const { size, blocks } = statSync(target)
      expect(size).toBe(BYTES)
      expect(blocks * SECTOR).toBeLessThanOrEqual(WINDOWS.length * (WINDOW + 2 * MIB))
    }
  })
})

function readAt(path: string, offset: number, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, offset))
  } finally {
    closeSync(file)
  }
}

/** The hash of each window with the blocks around it. */
function windowsOf(path: string): readonly string[] {
  return WINDOWS.map((offset) => hash('sha256', readAt(path, Math.max(0, offset - MIB), WINDOW + 2 * MIB)))
}

/** The hash of each block of each extent, filled up to a whole sector, as it is stored. */
function blocksOf(path: string): string[][] {
  const zeros = hash('sha256', Buffer.alloc(MIB))
  const extents: string[][] = []
  for (let begin = 0; begin < BYTES; begin += GIB) {
    const end = Math.min(begin + GIB, BYTES)
    extents.push(Array.from({ length: Math.ceil((end - begin) / MIB) }, (_, at) => blockAt(begin + at * MIB)))
  }
  return extents

  function blockAt(offset: number): string {
    const isHole = offset + MIB <= BYTES && WINDOWS.every((at) => offset + MIB <= at || offset >= at + WINDOW)
    if (isHole) return zeros
    const bytes = readAt(path, offset, MIB)
    return hash('sha256', Buffer.concat([bytes, Buffer.alloc((SECTOR - (bytes.length % SECTOR)) % SECTOR)]))
  }
}
