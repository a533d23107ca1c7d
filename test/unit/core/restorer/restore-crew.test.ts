import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { createBlobIndex } from '../../../../core/repository/index.ts'
import { startRestoreCrew } from '../../../../core/restorer/restore-crew.ts'
import { startRestoreThreads } from '../../../../core/restorer/restore-threads.ts'
import { TALLY } from '../../../../core/restorer/tally.ts'
import { collectExits } from '../../../support/worker-exits.ts'

it('the threads of a restore end by themselves, even before they have begun', async () => {
  const masterKey = { encrypt: new Uint8Array(32), macK: new Uint8Array(16), macR: new Uint8Array(16) }
  const target = mkdtempSync(join(tmpdir(), 'holdfast-restore-crew-'))
  const exits = await collectExits(async () => {
    const crew = startRestoreCrew(startRestoreThreads(2), {
      masterKey,
      index: createBlobIndex().shared,
      target: Buffer.from(target),
      sparse: false,
      naming: 'in-place',
      partMark: 'mark',
      tally: TALLY.allocate(2),
    })
    await crew.end()
  })
  rmSync(target, { recursive: true })
  // Ended from outside they would exit with 1, and with the whole process where a native add-on was just loading.
  expect(exits).toEqual([0, 0])
})
