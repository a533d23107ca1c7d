import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { evidenceOf, openLastRun, thisMoment } from '../../../../core/cli/last-run.ts'

const HOUR = 3_600_000
const before = { wall: 100 * HOUR, uptime: 10 * HOUR, boot: 'one' }

it('RET-22: tells how long the last run is ago by a clock that is never set, where the computer was not restarted', () => {
  expect(evidenceOf(undefined, before)).toEqual({})
  const later = { wall: 500 * HOUR, uptime: 34 * HOUR, boot: 'one' }
  expect(evidenceOf(before, later)).toEqual({ lastRun: 100 * HOUR, sinceLastRun: 24 * HOUR })
  for (const restarted of [{ boot: 'two' }, { boot: undefined }, { uptime: HOUR }])
    expect(evidenceOf(before, { ...later, ...restarted })).toEqual({ lastRun: 100 * HOUR })
})

it('remembers the last run of each repository, and nothing where that cannot be written or read', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-last-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const folder = join(home, 'state')
  expect(openLastRun(folder, 'a').before).toBeUndefined()
  openLastRun(folder, 'a').remember(before)
  expect(openLastRun(folder, 'a').before).toEqual(before)
  expect(openLastRun(folder, 'b').before).toBeUndefined()
  for (const text of ['', '{', '[]', '{"wall":"1"}', 'null']) {
    writeFileSync(join(folder, 'a.forget'), text)
    expect(openLastRun(folder, 'a').before).toBeUndefined()
  }
  writeFileSync(join(home, 'file'), '')
  openLastRun(join(home, 'file', 'state'), 'a').remember(before)
})

it('knows the present moment', () => {
  const { wall, uptime } = thisMoment(5)
  expect(wall).toBe(5)
  expect(uptime).toBeGreaterThan(0)
})
