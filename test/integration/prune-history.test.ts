import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { findDamagedPacks, parseUnusedLimit, planPackRepair, repairPacks } from '../../core/maintenance/index.ts'
import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { damageOneOfTwo } from '../support/mixed-pack.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { pruneAt } from '../support/prune.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { contents } from '../support/vault-contents.ts'
import { makeVault } from '../support/vault.ts'

const HOUR = 3_600_000

function noise(seed: number, bytes: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(bytes))
}

describeWith(['restic'], 'a repository with a random history, pruned', () => {
  const actions = fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('backup' as const),
          by: fc.constantFrom('us', 'restic'),
          seed: fc.nat(6),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const), which: fc.nat(5) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('prune' as const),
          by: fc.constantFrom('us', 'restic'),
          unused: fc.constantFrom('0', '5%', '30%', 'unlimited'),
          grace: fc.constantFrom(undefined, 0, 24 * HOUR),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('damage one of two copies' as const),
          which: fc.nat(),
          unused: fc.constantFrom('0', '30%'),
          grace: fc.constantFrom(undefined, 0, 24 * HOUR),
        }),
      },
    ),
    { minLength: 4, maxLength: 10 },
  )

  it('gives back every snapshot that is left, whoever backed up and whoever pruned', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(actions, async (list) => {
        const vault = await makeVault()
        const repository = await openRepository(openDirectoryStorage(vault.path), 'vault')
        let now = Date.parse('2026-01-01T00:00:00Z')
        const known = new Map<string, string>()
        for (const [step, action] of list.entries()) {
          now += 20 * HOUR
          if (action.do === 'backup') {
            for (let file = 0; file < 4; file++) {
              vault.write(`d${file}/f`, noise((action.seed + file) % 9, 30_000 + 1000 * ((action.seed * file) % 5)))
            }
            if (action.by === 'us') await vault.backUp()
            else vault.restic('backup', '--quiet', vault.source)
            for (const [id, content] of contents(vault)) known.set(id, known.get(id) ?? content)
          } else if (action.do === 'forget') {
            const ids = [...contents(vault).keys()]
            const id = ids[action.which % Math.max(1, ids.length)]
            if (id !== undefined) await vault.holdfast(['forget', id])
          } else if (action.do === 'damage one of two copies') {
            await damageOneOfTwo(vault, repository, action.which)
            await pruneAt(repository, now, { maxUnused: parseUnusedLimit(action.unused), grace: action.grace })
            const { damaged } = await findDamagedPacks(repository, { workers: 2 })
            await repairPacks(repository, await planPackRepair(repository, damaged), {
              workers: 2,
              now,
              evenUnread: false,
              onPack: () => undefined,
            })
          } else if (action.by === 'us') {
            await pruneAt(repository, now, { maxUnused: parseUnusedLimit(action.unused), grace: action.grace })
          } else vault.restic('prune', '--quiet', '--max-unused', action.unused)
          for (const [id, content] of contents(vault)) expect([step, content]).toEqual([step, known.get(id)])
        }
        await pruneAt(repository, now + 200 * HOUR, { maxUnused: { type: 'bytes', bytes: 0 } })
        for (const [id, content] of contents(vault)) expect(content).toEqual(known.get(id))
        expect(vault.restic('check', '--read-data')).toContain('no errors were found')
        const { stdout } = await vault.holdfast(['prune', '--dry-run', '--json'])
        expect(jsonLines(stdout).find(({ message_type: type }) => type === 'plan')).toMatchObject({
          blobs: { unused: 0, repeated: 0 },
        })
      }),
      { numRuns: 6 },
    )
  })
})
