import { expect, it } from 'vitest'

import { listUnused } from '../../../../../../core/cli/repo/check/list-unused.ts'
import type { UnusedBlob } from '../../../../../../core/maintenance/index.ts'
import { recordOutput } from '../../../../../support/recorded-output.ts'

const MANY = 100_000

it.each([true, false])('looks for no more unused blobs than somebody reads of, as JSON: %s', async (json) => {
  let looked = 0
  function* blobs(): Generator<UnusedBlob> {
    for (; looked < MANY; looked++) yield { type: 'data', id: 'ab'.repeat(32), pack: 'cd'.repeat(32) }
  }
  const written: string[] = []
  let most = 0
  const lookedBefore = { count: 0 }
  const output = {
    ...recordOutput().output,
    json,
    async write(bytes: Uint8Array | string) {
      most = Math.max(most, looked - lookedBefore.count)
      await new Promise(setImmediate)
      // Nothing was looked for while nobody read.
      lookedBefore.count = looked
      written.push(Buffer.from(bytes).toString())
    },
  }
  await listUnused(output, blobs(), {})
  const lines = written.join('').trimEnd().split('\n')
  expect(lines).toHaveLength(MANY)
  expect(new Set(lines).size).toBe(1)
  expect(most).toBeLessThan(1000)
})
