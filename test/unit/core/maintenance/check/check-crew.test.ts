import { expect, it } from 'vitest'

import { startCheckCrew } from '../../../../../core/maintenance/check/check-crew.ts'
import { createBlobIndex } from '../../../../../core/repository/index.ts'
import { collectExits } from '../../../../support/worker-exits.ts'

it('the threads of a check end by themselves, even before they have begun', async () => {
  const masterKey = { encrypt: new Uint8Array(32), macK: new Uint8Array(16), macR: new Uint8Array(16) }
  const exits = await collectExits(async () => {
    const crew = startCheckCrew(2, {
      masterKey,
      index: createBlobIndex().shared,
      flags: new SharedArrayBuffer(1),
    })
    await crew.end()
  })
  // Ended from outside they would exit with 1.
  expect(exits).toEqual([0, 0])
})
