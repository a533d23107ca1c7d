import { writeFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { type Journal, LAPSES_AFTER, Lease, refuseOwned } from '../../../../../core/cloud-cache/index.ts'
import { openDirectoryNote, type SharedNote } from '../../../../../core/storage/index.ts'
import { temporaryFolder } from '../../../../conformance/fixture.ts'
import { journalIn } from '../../../../support/cache-journal.ts'

const HOUR = 3_600_000
const NAME = 'holdfast-owner'

const journal = (): Journal => journalIn(temporaryFolder()).journal

describe('the lease of a vault’s cloud (design decision 4)', () => {
  let folder: string
  let now: number
  let ticks: number
  const clock = { now: () => now, monotonic: () => ticks }
  beforeEach(() => {
    folder = temporaryFolder()
    writeFileSync(join(folder, 'config'), 'a repository')
    now = Date.parse('2026-03-01T10:00:00.000Z')
    ticks = 0
  })

  const appliance = (id: string, own = journal(), note: SharedNote = openDirectoryNote(folder, NAME)) => {
    const lease = new Lease({ note, journal: own, appliance: { id, name: `name of ${id}` }, clock })
    return { lease, journal: own }
  }
  const said = async () => JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Record<string, unknown>
  /** As after so much time: what was seen a minute ago holds no more. */
  const later = (milliseconds: number): void => {
    now += milliseconds
    ticks += milliseconds
  }

  it('is claimed where nobody has it, held and renewed', async () => {
    const { lease } = appliance('first')
    await lease.claim()
    const claimed = await said()
    expect(claimed).toMatchObject({ applianceId: 'first', applianceName: 'name of first', fence: 1, isFree: false })
    later(30 * 60_000)
    await lease.hold()
    expect(await said()).toEqual(claimed)
    later(HOUR)
    await lease.hold()
    expect(await said()).toMatchObject({ fence: 1, renewedAt: '2026-03-01T11:30:00.000Z' })
  })

  it('is refused to another appliance, says whose it is, and is not touched by that', async () => {
    await appliance('first').lease.claim()
    const before = await said()
    const { lease } = appliance('second')
    for (const attempt of [() => lease.claim(), () => lease.hold(), () => lease.look()]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'cache/not-owner',
        message: expect.stringContaining('The appliance name of first owns this vault') as string,
      })
    }
    expect(await said()).toEqual(before)
  })

  it('goes to who says so, and the one before finds that out', async () => {
    const first = appliance('first')
    await first.lease.claim()
    const second = appliance('second')
    await second.lease.claim({ takeOver: true })
    expect(await said()).toMatchObject({ applianceId: 'second', fence: 2 })
    // Before a deletion it looks at once; a minute later in any case.
    await expect(first.lease.look()).rejects.toMatchObject({ code: 'cache/not-owner' })
    later(61_000)
    await expect(first.lease.hold()).rejects.toMatchObject({ code: 'cache/not-owner' })
    await second.lease.hold()
  })

  it('asks the cloud once a minute at most, and once for many who ask at the same time', async () => {
    let reads = 0
    const note = openDirectoryNote(folder, NAME)
    const counting: SharedNote = {
      location: note.location,
      read: (options) => (reads++, note.read(options)),
      replace: (before, body, options) => note.replace(before, body, options),
      [Symbol.dispose]: () => undefined,
    }
    const { lease } = appliance('first', journal(), counting)
    await lease.claim()
    reads = 0
    later(61_000)
    await Promise.all([lease.hold(), lease.hold(), lease.hold()])
    await lease.hold()
    expect(reads).toBe(1)
  })

  it('lapses where nobody hears of its owner for two days, and only for who claims it', async () => {
    const first = appliance('first')
    await first.lease.claim()
    const second = appliance('second')
    later(LAPSES_AFTER)
    await expect(second.lease.claim()).rejects.toMatchObject({ code: 'cache/not-owner' })
    later(1)
    // A sync takes nothing over: its journal does not know what the other one has done.
    await expect(second.lease.hold()).rejects.toMatchObject({ code: 'cache/not-owner' })
    await second.lease.claim()
    expect(await said()).toMatchObject({ applianceId: 'second', fence: 2 })
    await expect(first.lease.hold()).rejects.toMatchObject({ code: 'cache/not-owner' })
  })

  it('is let go by an owner, and nobody has to wait then; by others it is not', async () => {
    const first = appliance('first')
    await first.lease.claim()
    const second = appliance('second')
    await second.lease.release()
    expect(await said()).toMatchObject({ applianceId: 'first', isFree: false })
    await first.lease.release()
    expect(await said()).toMatchObject({ isFree: true })
    await second.lease.claim()
    expect(await said()).toMatchObject({ applianceId: 'second', fence: 2, isFree: false })
    await expect(first.lease.hold()).rejects.toMatchObject({ code: 'cache/not-owner' })
  })

  it('is taken by a new cache of the same appliance, and the old one has it no more', async () => {
    const before = appliance('first')
    await before.lease.claim()
    const after = appliance('first')
    await after.lease.claim()
    expect(await said()).toMatchObject({ fence: 2 })
    await expect(before.lease.look()).rejects.toMatchObject({
      message: expect.stringContaining('A copy of this appliance') as string,
    })
  })

  it('tells a copy of this appliance, or this one set back, from it: whoever renews first has it', async () => {
    const original = appliance('first')
    await original.lease.claim()
    // What a copy of the machine has: the same id, and the same marks.
    const copied = journal()
    const { mark } = await said()
    copied.marks.add(String(mark))
    const copy = appliance('first', copied)
    later(2 * HOUR)
    await copy.lease.hold()
    await expect(original.lease.hold()).rejects.toMatchObject({
      code: 'cache/not-owner',
      message: expect.stringMatching(/A copy of this appliance .* or this one was set back/) as string,
    })
    // It is not taken for a new cache: it has written before.
    await expect(original.lease.claim()).rejects.toMatchObject({ code: 'cache/not-owner' })
    await original.lease.claim({ takeOver: true })
    later(61_000)
    await expect(copy.lease.hold()).rejects.toMatchObject({ code: 'cache/not-owner' })
  })

  it('is its own also where it was killed just after it was written', async () => {
    const own = journal()
    const note = openDirectoryNote(folder, NAME)
    const killed: SharedNote = {
      location: note.location,
      read: (options) => note.read(options),
      replace: async (before, body, options) => {
        await note.replace(before, body, options)
        throw new Error('killed')
      },
      [Symbol.dispose]: () => undefined,
    }
    await expect(appliance('first', own, killed).lease.claim()).rejects.toThrow('killed')
    await appliance('first', own).lease.claim()
    expect(await said()).toMatchObject({ applianceId: 'first', fence: 1 })
  })

  it('outlives a rebuild of the journal', async () => {
    const first = appliance('first')
    await first.lease.claim()
    first.journal.beginAnew()
    later(61_000)
    await first.lease.hold()
  })

  it('is written anew where somebody has removed it', async () => {
    const first = appliance('first')
    await first.lease.claim()
    await rm(join(folder, NAME))
    later(61_000)
    await first.lease.hold()
    expect(await said()).toMatchObject({ applianceId: 'first' })
  })

  it.each(['', 'not JSON', '{}', '{"format":2}', '[]', '\u0000'.repeat(100)])(
    'is nobody’s where the note says %j, and taken over only where somebody says so',
    async (text) => {
      await writeFile(join(folder, NAME), text)
      const { lease } = appliance('first')
      const damaged = {
        code: 'cache/not-owner',
        message: expect.stringContaining('Nobody can read who owns') as string,
      }
      await expect(lease.claim()).rejects.toMatchObject(damaged)
      await expect(lease.look()).rejects.toMatchObject(damaged)
      await lease.claim({ takeOver: true })
      expect(await said()).toMatchObject({ applianceId: 'first', fence: 1 })
    },
  )

  it('shows no name that would change a log or a terminal', async () => {
    await appliance('first').lease.claim()
    const note = await said()
    await writeFile(join(folder, NAME), JSON.stringify({ ...note, applianceName: 'evil\u001b[2J\nname' }))
    await expect(appliance('second').lease.claim()).rejects.toMatchObject({
      message: expect.stringContaining('The appliance evil?[2J?name owns') as string,
    })
  })

  it('goes to exactly one of many who claim it at once', async () => {
    const ids = Array.from({ length: 8 }, (_, number) => `number ${number}`)
    const all = ids.map((id) => appliance(id))
    await Promise.allSettled(all.map(({ lease }) => lease.claim()))
    later(61_000)
    const held = await Promise.allSettled(all.map(({ lease }) => lease.hold()))
    expect(held.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  })

  it('keeps those from deleting who have no cache', async () => {
    const note = openDirectoryNote(folder, NAME)
    const other = { id: 'second', name: 'other' }
    await refuseOwned(note, other, { clock })
    const { lease } = appliance('first')
    await lease.claim()
    await expect(refuseOwned(note, other, { clock })).rejects.toMatchObject({ code: 'cache/not-owner' })
    await refuseOwned(note, { id: 'first', name: 'this' }, { clock })
    later(LAPSES_AFTER + 1)
    await refuseOwned(note, other, { clock })
    later(-2 * LAPSES_AFTER)
    await lease.release()
    await refuseOwned(note, other, { clock })
  })
})
