import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startAppliance, type TestAppliance } from '../support/appliance.ts'
import { openTestDoor, type TestDoor } from '../support/door.ts'
import { DEEP, FLAT, flatName, makeLargeVault } from '../support/large-vault.ts'
import { createStopReader } from '../support/stop-reader.ts'

/** The full size takes some ten seconds to make. */
const FILES = 1_000_000

const cursorAt = (number: number): string => Buffer.from(JSON.stringify(flatName(number))).toString('base64url')

describe('a recovery point of a million entries in one folder', () => {
  let root: string
  let test: TestAppliance
  let at: TestDoor
  let pointId: string
  const stop = createStopReader()

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-million-'))
    const { path, password } = await makeLargeVault(join(root, 'vault'), FILES)
    test = await startAppliance(root, { readerThread: stop.start })
    const { operations } = test.appliance
    await operations.vaults.create({ name: 'large', location: { kind: 'directory', path }, password }, test.call)
    const { items } = await operations.points.list({ limit: 10 }, test.call)
    pointId = items[0]?.id ?? ''
    at = await openTestDoor({ appliance: test.appliance })
  })
  afterAll(async () => {
    stop.want('goOn')
    await at.door.close({ within: 100 })
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const browse = (path: string, cursor?: string, signal?: AbortSignal) =>
    test.appliance.operations.points.browse({ id: pointId, path, limit: 200, cursor }, { ...test.call, signal })

  it('is looked into again after its thread broke down', async () => {
    stop.want('crash')
    await expect(browse(FLAT)).rejects.toMatchObject({ code: 'internal/defect', retryable: true })
    stop.want('goOn')
    expect((await browse(DEEP)).items).toHaveLength(FILES / 10_000)
    expect(stop.threads).toHaveLength(2)
  })

  it('is read while the service answers others, however long its thread takes', async () => {
    const order: string[] = []
    stop.want('sleep')
    const page = browse(FLAT).then((listed) => {
      order.push('page')
      return listed
    })
    await stop.reached()
    order.push('reading')
    for (let time = 0; time < 3; time++) {
      const { status, text } = await at.send({ path: '/healthz' })
      order.push(`health ${status} ${text.trim()}`)
    }
    stop.want('goOn')
    const { items, next } = await page
    expect(order).toEqual(['reading', 'health 200 ok', 'health 200 ok', 'health 200 ok', 'page'])
    expect([items.length, items[0]?.name, items.at(-1)?.name]).toEqual([200, flatName(0), flatName(199)])
    const second = await browse(FLAT, next ?? '')
    expect(second.items[0]?.name).toBe(flatName(200))
  })

  it('goes on anywhere, and to its end', async () => {
    expect((await browse(FLAT, cursorAt(FILES / 2))).items[0]?.name).toBe(flatName(FILES / 2 + 1))
    const last = await browse(FLAT, cursorAt(FILES - 11))
    expect([last.items.length, last.items.at(-1)?.name, last.next]).toEqual([10, flatName(FILES - 1), null])
  })

  it('is searched in parts, each of which goes on behind the one before', async () => {
    const { find } = test.appliance.operations.points
    const names: string[] = []
    let looked = 0
    let cursor: string | undefined
    do {
      const found = await find({ id: pointId, path: '/', pattern: '*99990*', limit: 5, cursor }, test.call)
      names.push(...found.items.map(({ path }) => path))
      looked = found.looked
      cursor = found.next ?? undefined
    } while (cursor !== undefined)
    const fitting = Array.from({ length: FILES }, (_, number) => String(number).padStart(7, '0')).filter((digits) =>
      digits.includes('99990'),
    )
    expect(names.filter((path) => path.startsWith(FLAT))).toEqual(fitting.map((digits) => `${FLAT}/IMG_${digits}.jpg`))
    expect(names.filter((path) => path.startsWith(DEEP))).toHaveLength(fitting.length)
    // The two folders, both times all files, and the folders that hold those of one of them.
    expect(looked).toBe(2 + 2 * FILES + FILES / 100 + FILES / 10_000)
  })

  it('is let go of where nobody waits any more', async () => {
    const gone = new AbortController()
    const page = browse(FLAT, undefined, gone.signal)
    gone.abort(new Error('the browser was closed'))
    await expect(page).rejects.toThrow('the browser was closed')
    expect((await browse('/')).items.map(({ name }) => name)).toEqual(['deep', 'flat'])
  })
})
