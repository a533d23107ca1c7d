import { randomFillSync } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { runMeasured } from '../support/measured-run.ts'

/** MiB resident: design section 6. */
const MOST = 512e6 / 2 ** 20
const MIB = 1024 * 1024

describe('a backup and a restore take at most 512 MB of memory', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'holdfast-memory-'))
    mkdirSync(join(home, 'source'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  async function expectBounded(): Promise<void> {
    const env = { RESTIC_REPOSITORY: join(home, 'vault'), RESTIC_PASSWORD: 'memory' }
    for (const command of [
      ['init'],
      ['backup', join(home, 'source')],
      ['backup', join(home, 'source')],
      ['restore', 'latest', '--target', join(home, 'restored')],
    ]) {
      const { code, stderr, peak } = await runMeasured(['repo', ...command], { env })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(peak).toBeGreaterThan(50)
      expect(peak).toBeLessThanOrEqual(MOST)
    }
  }

  it('of one file of 2 GiB', async () => {
    const file = openSync(join(home, 'source/large'), 'w')
    const part = Buffer.alloc(64 * MIB)
    for (let written = 0; written < 2048 * MIB; written += part.length) writeSync(file, randomFillSync(part))
    closeSync(file)
    await expectBounded()
  })

  it('of 100,000 folders', async () => {
    for (let upper = 0; upper < 100; upper++) {
      for (let lower = 0; lower < 1000; lower++) {
        const folder = join(home, 'source', `${upper}`, `${lower}`)
        mkdirSync(folder, { recursive: true })
        if (lower % 10 === 0) writeFileSync(join(folder, `file-${upper}-${lower}`), '')
      }
    }
    await expectBounded()
  })
})
