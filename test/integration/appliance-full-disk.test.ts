import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { type Clock, systemClock } from '../../core/base/index.ts'
import { describeWithMounts, mountSmallDisk } from '../conformance/small-disk.ts'
import { startAppliance } from '../support/appliance.ts'
import { type DoorAnswer, openTestDoor } from '../support/door.ts'

describeWithMounts('an appliance on a disk without a free byte', () => {
  it('says so to whoever wants something noted, lets people look, and goes on when there is room', async () => {
    const disk = mountSmallDisk('size=24m')
    const time = { ahead: 0 }
    const clock: Clock = { now: () => systemClock.now() + time.ahead, monotonic: () => systemClock.monotonic() }
    await using test = await startAppliance(disk, { clock })
    const wanted = { name: 'all', access: ['own', 'view', 'configure', 'administer'] as const, days: 2 }
    const { secret } = await test.appliance.operations.tokens.create(
      { ...wanted, access: [...wanted.access] },
      test.call,
    )
    const at = await openTestDoor({ appliance: test.appliance })
    const headers = { authorization: `Bearer ${secret}` }
    const change = (mostRuns: number): Promise<DoorAnswer> =>
      at.send({ method: 'PATCH', path: '/api/v1/settings', headers, body: JSON.stringify({ mostRuns }) })

    expect((await change(3)).status).toBe(200)
    const { bavail, bsize } = statfsSync(disk)
    writeFileSync(join(disk, 'something else'), Buffer.alloc(bavail * bsize))
    // What the log has room for already is still taken.
    let taken = 3
    let answer = await change(taken + 1)
    for (; answer.status === 200; answer = await change(taken + 1)) taken++
    expect([answer.status, answer.body]).toMatchObject([
      409,
      {
        code: 'CONFLICT',
        message: 'The catalog cannot be written: the disk of the data folder is full.',
        data: { reason: 'storage/full', remedy: expect.stringContaining('Make room') },
      },
    ])
    expect(JSON.stringify(answer.body)).not.toContain(disk)
    expect((await at.send({ path: '/healthz' })).text).toBe('catalog-unwritable\n')

    // It would be noted now that he was seen again.
    time.ahead += 120_000
    const { status, body } = await at.send({ path: '/api/v1/settings', headers })
    expect([status, body]).toMatchObject([200, { mostRuns: taken }])

    rmSync(join(disk, 'something else'))
    expect((await change(5)).status).toBe(200)
    await at.door.close({ within: 100 })
  })
})
