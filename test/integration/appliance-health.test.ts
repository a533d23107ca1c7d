import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Clock, systemClock } from '../../core/base/index.ts'
import { startAppliance, type TestAppliance } from '../support/appliance.ts'
import { openTestDoor, type TestDoor } from '../support/door.ts'

describe('what watches over the service', () => {
  let root: string
  let test: TestAppliance
  let at: TestDoor
  const time = { ahead: 0 }
  const clock: Clock = { now: () => systemClock.now(), monotonic: () => systemClock.monotonic() + time.ahead }

  beforeEach(async () => {
    time.ahead = 0
    root = await mkdtemp(join(tmpdir(), 'holdfast-health-'))
    test = await startAppliance(root, { clock })
    at = await openTestDoor({ appliance: test.appliance })
  })
  afterEach(async () => {
    await at.door.close({ within: 100 })
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  async function expectUnwell(state: string): Promise<void> {
    const plain = await at.send({ path: '/healthz' })
    expect([plain.status, plain.text]).toEqual([503, `${state}\n`])
    const { status, body } = await at.send({ path: '/api/v1/health' })
    expect([status, body.code, body.data]).toMatchObject([
      503,
      'UNAVAILABLE',
      { reason: 'service/unavailable', object: state },
    ])
    // Nobody is told where anything lies, or what the system said.
    expect(JSON.stringify(body)).not.toContain(root)
    expect(JSON.stringify(body)).not.toMatch(/sqlite|locked|not open/i)
  }

  it('is told that it is well', async () => {
    expect((await at.send({ path: '/healthz' })).text).toBe('ok\n')
    expect((await at.send({ path: '/api/v1/health' })).body).toMatchObject({ state: 'ready', version: '0.0.0-test' })
  })

  it('is told where the catalog takes nothing any more: another has locked it', async () => {
    const other = new DatabaseSync(join(root, 'appliance', 'catalog.db'))
    other.exec('BEGIN IMMEDIATE')
    await expect(test.appliance.operations.settings.update({ mostRuns: 3 }, test.call)).rejects.toThrow('locked')
    time.ahead += 1000
    await expectUnwell('catalog-unwritable')
    other.exec('ROLLBACK')
    other.close()
    await test.appliance.operations.settings.update({ mostRuns: 3 }, test.call)
    time.ahead += 1000
    expect((await at.send({ path: '/healthz' })).text).toBe('ok\n')
  })

  it('is told that it ends', async () => {
    await test[Symbol.asyncDispose]()
    await expectUnwell('stopping')
  })
})
