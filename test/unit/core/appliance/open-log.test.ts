import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as breath } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openLog } from '../../../../core/appliance/data/open-log.ts'

describe('the log of the service', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-log-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const files = async () => (await readdir(folder)).filter((name) => name.startsWith('holdfastd.'))

  /** Fills several files, as a start of the service would in some days. */
  async function start(lines: number): Promise<void> {
    await using opened = await openLog({ folder, size: '1k' })
    for (let line = 0; line < lines; line++) {
      opened.log.info({ line, password: 'a secret', nested: { token: 'hft_secret' } }, 'x'.repeat(1200))
      // Files are exchanged between two writes.
      for (let turn = 0; turn < 20; turn++) await breath()
    }
  }

  it('is for its owner alone, and names no secret', async () => {
    await start(2)
    for (const name of await files()) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
      expect(await readFile(join(folder, name), 'utf8')).not.toContain('secret')
    }
  })

  it('keeps fourteen files, those of earlier starts among them', async () => {
    for (let turn = 0; turn < 4; turn++) await start(10)
    const left = await files()
    expect(left.length).toBeLessThanOrEqual(14)
    expect(left.length).toBeGreaterThan(8)
  })
})
