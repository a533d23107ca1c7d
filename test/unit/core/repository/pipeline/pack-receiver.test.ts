import { beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import { SEAL_OVERHEAD } from '../../../../../core/repository/crypto/seal.ts'
import type { PackMessage, Repository } from '../../../../../core/repository/index.ts'
import { createBlobIndex } from '../../../../../core/repository/index/blob-index.ts'
import { FEWEST_ENTRY_BYTES, writeHeaderEntry } from '../../../../../core/repository/pack/header.ts'
import { createBell } from '../../../../../core/repository/pipeline/bell.ts'
import { createPackReceiver } from '../../../../../core/repository/pipeline/pack-receiver.ts'
import { createPackSlots, type PackSlots } from '../../../../../core/repository/pipeline/pack-slots.ts'
import { openPipeline } from '../../../../../core/repository/pipeline/pipeline.ts'
import { sha256 } from '../../../../../core/repository/sha256.ts'
import { openMemoryStorage, type Storage, changeStorage } from '../../../../../core/storage/index.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import { makeRepository, namesOf } from '../made-repository.ts'

const made = await makeRepository()
const MINUTE = 60_000

let storage: Storage
let repository: Repository
let slots: PackSlots
let failures: unknown[]
/** What storing a file does first. */
let before: (kind: string) => Promise<void>
let now: number

beforeEach(() => {
  const inner = openMemoryStorage()
  before = () => Promise.resolve()
  now = 0
  storage = changeStorage(inner, {
    connections: 1,
    save: async (handle, body, options) => {
      await before(handle.kind)
      await inner.save(handle, body, options)
    },
  })
  repository = made.over(storage)
  const { shared } = openPipeline(made, createBlobIndex(), () => undefined, { workers: 1, packBytes: 4 * 1024 * 1024 })
  slots = createPackSlots(shared, createBell(new Int32Array(shared.control)))
  failures = []
})

function openReceiver() {
  const clock = { now: () => now, monotonic: () => now }
  return createPackReceiver(repository, slots, (error) => failures.push(error), { clock })
}

/** A finished pack of so many blobs of one byte, in a slot; nothing in it is sealed, as nobody here opens it. */
function packOf(blobs: number, seed: number): PackMessage {
  const slot = slots.take()
  const ids = seededBytes(seed, 32)
  const header = Buffer.alloc(blobs * FEWEST_ENTRY_BYTES)
  for (let blob = 0; blob < blobs; blob++) {
    ids.writeUInt32LE(blob, 0)
    writeHeaderEntry(header, blob * FEWEST_ENTRY_BYTES, 'data', ids, 33, 0)
  }
  const body = slots.buffer(slot)
  body.set(ids, 0)
  const sealedHeader = header.length + SEAL_OVERHEAD
  const length = body.writeUInt32LE(sealedHeader, blobs * 33 + sealedHeader)
  return { type: 'pack', slot, length, name: sha256(body.subarray(0, length)).toString('hex'), header }
}

/** Takes every free slot and gives it back. */
function freeSlots(): number {
  const taken: number[] = []
  for (const slot of [0, 1, 2, 3]) {
    slots.giveBack(slot)
    taken.push(slots.take())
  }
  for (const slot of taken) slots.giveBack(slot)
  return new Set(taken).size
}

describe('receiving packs', () => {
  it('stores each and lists it in an index, which comes later', async () => {
    const order: string[] = []
    before = async (kind) => void order.push(kind)
    const receiver = openReceiver()
    const messages = [packOf(3, 1), packOf(4, 2)]
    for (const message of messages) receiver.receive(message)
    await receiver.finish()
    expect(order).toEqual(['pack', 'pack', 'index'])
    expect(await namesOf(storage, 'pack')).toEqual(messages.map(({ name }) => name).toSorted())
    expect((await repository.loadIndex({ purpose: 'read' })).count).toBe(7)
    expect(receiver.bytesStored).toBe(messages.reduce((sum, { length }) => sum + length, 0))
    expect(freeSlots()).toBe(4)
  })

  it('writes no index for no packs', async () => {
    await openReceiver().finish()
    expect(await namesOf(storage, 'index')).toEqual([])
  })

  it('writes index files of at most 8 MiB, and does not keep their lists until the end', async () => {
    const receiver = openReceiver()
    for (let pack = 0; pack < 4; pack++) {
      receiver.receive(packOf(30_000, pack))
      await new Promise(setImmediate)
    }
    expect((await namesOf(storage, 'index')).length).toBeGreaterThanOrEqual(2)
    await receiver.finish()
    for (const name of await namesOf(storage, 'index')) {
      expect((await repository.loadDocument('index', name)).length).toBeLessThan(8 * 1024 * 1024)
    }
    expect((await repository.loadIndex({ purpose: 'read' })).count).toBe(120_000)
  })

  it('writes an index of what there is every ten minutes: a run that is killed later has that much less to repeat', async () => {
    const receiver = openReceiver()
    receiver.receive(packOf(3, 1))
    await new Promise(setImmediate)
    expect(await namesOf(storage, 'index')).toHaveLength(0)
    now = 10 * MINUTE
    receiver.receive(packOf(4, 2))
    await new Promise(setImmediate)
    expect(await namesOf(storage, 'index')).toHaveLength(1)
    expect((await repository.loadIndex({ purpose: 'read' })).count).toBe(7)
    now = 19 * MINUTE
    receiver.receive(packOf(5, 3))
    await new Promise(setImmediate)
    expect(await namesOf(storage, 'index')).toHaveLength(1)
    await receiver.finish()
    expect((await repository.loadIndex({ purpose: 'read' })).count).toBe(12)
  })

  it('tells the first failure once, lists no pack that was not stored, and stores no more', async () => {
    const full = new CoreError('storage/full', 'the disk is full')
    let calls = 0
    before = (kind) => {
      calls++
      return kind === 'pack' ? Promise.reject(full) : Promise.resolve()
    }
    const receiver = openReceiver()
    receiver.receive(packOf(3, 1))
    receiver.receive(packOf(3, 2))
    await new Promise(setImmediate)
    receiver.receive(packOf(3, 3))
    await expect(receiver.finish()).rejects.toBe(full)
    expect([failures, calls, receiver.bytesStored]).toEqual([[full], 2, 0])
    expect([await namesOf(storage, 'pack'), await namesOf(storage, 'index')]).toEqual([[], []])
    expect(freeSlots()).toBe(4)
  })

  it('fails where the index cannot be stored', async () => {
    const full = new CoreError('storage/full', 'the disk is full')
    before = (kind) => (kind === 'index' ? Promise.reject(full) : Promise.resolve())
    const receiver = openReceiver()
    receiver.receive(packOf(3, 1))
    await expect(receiver.finish()).rejects.toBe(full)
    expect(failures).toEqual([full])
  })

  it('gives a slot back only when the storage has done with it', async () => {
    const stored = Promise.withResolvers<undefined>()
    before = async () => {
      await stored.promise
    }
    const receiver = openReceiver()
    const message = packOf(3, 1)
    receiver.receive(message)
    await new Promise(setImmediate)
    const [a, b, c] = [slots.take(), slots.take(), slots.take()]
    expect([message.slot, a, b, c]).toEqual([0, 1, 2, 3])
    stored.resolve(undefined)
    await receiver.finish()
    expect(slots.take()).toBe(0)
  })
})
