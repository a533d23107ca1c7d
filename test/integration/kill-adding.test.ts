import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { type CareScene, makeCareScene } from '../support/care-scene.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { seededChance } from '../support/seeded-chance.ts'

const ROUNDS = Number(process.env['HOLDFAST_KILL_ROUNDS'] ?? 100)
const SEED = Number(process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31))

/** How often a run makes, changes, renames or removes something in the repository, about. */
const MOST_CHANGES = 30
const MIB = 1024 * 1024

describeWith(['restic'], `what adds to a repository and is killed at random moments (HOLDFAST_SEED=${SEED})`, () => {
  const chance = seededChance(SEED)
  let scene: CareScene
  beforeAll(async () => {
    scene = await makeCareScene()
  })
  afterAll(() => scene.end())

  it(`copy, ${ROUNDS} times, leaves whole snapshots and what restic accepts`, async () => {
    let lasted = 1500
    let killed = 0
    let copied = 0
    for (let round = 0; round < ROUNDS; round++) {
      const from = scene.fresh()
      const to = scene.blank()
      const command = ['copy', '-r', to, '--from-repo', from]
      const env = { ...scene.env, RESTIC_FROM_PASSWORD: scene.env['RESTIC_PASSWORD'] }
      const moment =
        round % 2 === 0 ? { after: chance.fraction() * lasted } : { change: 1 + chance.below(MOST_CHANGES), folder: to }
      if ((await runAndKill(command, env, moment)).killed) killed++
      const known = new Set(scene.contents.values())
      for (const content of (await scene.contentsOf(to)).values()) {
        expect(known).toContain(content)
        copied++
      }
      scene.restic(to, 'check', ...(round % 10 === 0 ? ['--read-data'] : []))
      if (round % 4 !== 0) continue
      const begun = performance.now()
      expect((await runAndKill(command, env)).stderr).toBe('')
      lasted = performance.now() - begun
      const contents = [...(await scene.contentsOf(to)).values()].toSorted()
      expect(contents).toEqual([...scene.contents.values()].toSorted())
      expect([...locksIn(from), ...locksIn(to)]).toEqual([])
      scene.restic(to, 'check')
    }
    expect(killed).toBeGreaterThan(ROUNDS / 5)
    expect(copied).toBeGreaterThan(0)
  })

  it(`an image backup, ${ROUNDS} times, acknowledges only what can be restored`, async () => {
    const disk = join(scene.home, 'disk')
    const folder = scene.blank()
    const bytes = seededChance(1).fill(Buffer.alloc(6 * MIB + 700))
    const acknowledged = new Map<string, Buffer>()
    let lasted = 1500
    let killed = 0
    for (let round = 0; round < ROUNDS; round++) {
      const at = chance.below(bytes.length - 200_000)
      chance.fill(bytes.subarray(at, at + 200_000))
      writeFileSync(disk, bytes)
      const areas = join(scene.home, 'areas.json')
      writeFileSync(areas, JSON.stringify([{ offset: at, length: 200_000 }]))
      const command = ['image', 'backup', disk, '--name', 'disk', '-r', folder, '--json']
      const moment =
        round % 2 === 0 ? { after: chance.fraction() * lasted } : { change: 1 + chance.below(MOST_CHANGES), folder }
      const first = await runAndKill(command, scene.env, moment)
      if (first.killed) killed++
      note(first.stdout)
      scene.restic(folder, 'check', ...(round % 10 === 0 ? ['--read-data'] : []))
      const begun = performance.now()
      // The same disk again, by its areas: right also where the first run came to its end.
      const second = await runAndKill([...command, '--changed', areas], scene.env)
      lasted = performance.now() - begun
      note(second.stdout)
      expect(locksIn(folder)).toEqual([])
      const [newest] = [...acknowledged.keys()].slice(-1)
      await expectRestored(newest ?? '')
    }
    expect(killed).toBeGreaterThan(ROUNDS / 5)
    for (const id of [...acknowledged.keys()].filter((_, number) => number % 20 === 0)) await expectRestored(id)

    function note(stdout: string): void {
      const id = /"snapshot_id":"([0-9a-f]{64})"/.exec(stdout)?.[1]
      if (id !== undefined) acknowledged.set(id, Buffer.from(bytes))
    }

    async function expectRestored(id: string): Promise<void> {
      const target = join(scene.home, 'restored')
      rmSync(target, { force: true })
      const command = ['image', 'restore', id, '--name', 'disk', '--target', target, '-r', folder]
      expect((await runAndKill(command, scene.env)).stderr).toBe('')
      expect(readFileSync(target).equals(acknowledged.get(id) ?? Buffer.alloc(0))).toBe(true)
    }
  })
})

function locksIn(folder: string): string[] {
  return readdirSync(join(folder, 'locks')).filter((name) => !name.includes('-tmp-'))
}
