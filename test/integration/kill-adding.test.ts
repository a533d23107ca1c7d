import { afterAll, beforeAll, expect, it } from 'vitest'

import { type CareScene, locksIn, makeCareScene } from '../support/care-scene.ts'
import { runHoldfast } from '../support/holdfast.ts'
import { KILLS } from '../support/kill-rounds.ts'
import { killUntilMet } from '../support/kill-until-met.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAndKill } from '../support/run-and-kill.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'

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
})
