import { createHash } from 'node:crypto'

import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { type Handle, openMemoryStorage, type StorageRetryOptions, withRetry } from '../../../../core/storage/index.ts'
import { createFlakyStorage, type Mishap, unreachable } from './flaky-storage.ts'

const config: Handle = { kind: 'config', name: '' }
const key: Handle = { kind: 'key', name: 'ab'.repeat(32) }
const body = Uint8Array.of(1, 2, 3)
const refused = new CoreError('storage/refused', 'no')

function openFlaky(plan: Mishap[], options: StorageRetryOptions = {}) {
  const memory = openMemoryStorage()
  const { flaky, calls } = createFlakyStorage(memory, plan)
  const waits: number[] = []
  const wait = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds)
  }
  const chance = { fill: <T extends Uint8Array>(target: T): T => target, fraction: () => 0.5 }
  const storage = withRetry(flaky, { attempts: 3, firstDelay: 100, longestDelay: 1000, chance, wait, ...options })
  return { storage, memory, calls, waits, plan }
}

describe('withRetry', () => {
  it('does again what may pass, waiting longer each time', async () => {
    const { storage, memory, waits } = openFlaky([{ before: unreachable() }, { before: unreachable() }])
    await storage.save(key, body)
    expect(await memory.load(key)).toEqual(body)
    expect(waits).toEqual([100, 200])
  })

  it('gives up after the attempts it was given, with the last failure', async () => {
    const last = unreachable()
    const { storage, calls } = openFlaky([{ before: unreachable() }, { before: unreachable() }, { before: last }])
    await expect(storage.load(key)).rejects.toBe(last)
    expect(calls).toEqual(['load', 'load', 'load'])
  })

  it.each([refused, new TypeError('a defect')])('never does again what fails for good (%s)', async (failure) => {
    const { storage, calls, plan } = openFlaky([])
    await storage.save(key, body)
    plan.push({ before: failure }, { before: failure }, { before: failure }, { before: failure }, { before: failure })
    await expect(storage.prepare()).rejects.toBe(failure)
    await expect(storage.save(key, body)).rejects.toBe(failure)
    await expect(storage.load(key)).rejects.toBe(failure)
    await expect(storage.stat(key)).rejects.toBe(failure)
    await expect(storage.list('key')[Symbol.asyncIterator]().next()).rejects.toBe(failure)
    expect(calls).toEqual(['save', 'prepare', 'save', 'load', 'stat', 'list'])
  })

  it('does every method again', async () => {
    const { storage, plan } = openFlaky([])
    const once = { before: unreachable() }
    plan.push(once)
    await storage.prepare()
    plan.push(once)
    await storage.save(key, body)
    plan.push(once)
    expect(await storage.load(key)).toEqual(body)
    plan.push(once)
    expect(await storage.stat(key)).toEqual({ name: key.name, size: 3 })
    plan.push(once)
    await storage.remove(key)
    await expect(storage.stat(key)).rejects.toMatchObject({ code: 'storage/not-found' })
  })

  it('stops waiting when it is aborted, with the reason given', async () => {
    const control = new AbortController()
    const wait = async (): Promise<void> => control.abort('enough')
    const { storage, calls } = openFlaky([{ before: unreachable() }], { wait })
    await expect(storage.load(key, { signal: control.signal })).rejects.toBe('enough')
    expect(calls).toEqual(['load'])
  })
})

describe('withRetry and a config', () => {
  it('succeeds when the attempt that failed had in truth stored it', async () => {
    const { storage, memory, calls } = openFlaky([{ after: unreachable() }])
    await storage.save(config, body)
    expect(await memory.load(config)).toEqual(body)
    expect(calls).toEqual(['save', 'save', 'load'])
  })

  it('fails when somebody else stored another one meanwhile, and keeps that', async () => {
    const other = Uint8Array.of(9, 9, 9)
    const { storage, memory } = openFlaky([{ before: unreachable() }], {
      wait: () => memory.save(config, other),
    })
    await expect(storage.save(config, body)).rejects.toMatchObject({ code: 'storage/exists' })
    expect(await memory.load(config)).toEqual(other)
  })

  it('fails at once when there is one, be it the same, as nothing of ours can have stored it', async () => {
    const { storage, memory, calls } = openFlaky([])
    await memory.save(config, body)
    await expect(storage.save(config, body)).rejects.toMatchObject({ code: 'storage/exists' })
    expect(calls).toEqual(['save'])
  })

  it('goes on when the comparison is what fails', async () => {
    const { storage, calls } = openFlaky([{ after: unreachable() }, {}, { before: unreachable() }])
    await storage.save(config, body)
    expect(calls).toEqual(['save', 'save', 'load', 'save', 'load'])
  })
})

describe('withRetry and a removal', () => {
  it('succeeds when the attempt that failed had in truth removed the file', async () => {
    const { storage, calls } = openFlaky([{}, { after: unreachable() }])
    await storage.save(key, body)
    await storage.remove(key)
    expect(calls).toEqual(['save', 'remove', 'remove'])
  })

  it('fails at once when the file was never there', async () => {
    const { storage, calls } = openFlaky([])
    await expect(storage.remove(key)).rejects.toMatchObject({ code: 'storage/not-found' })
    expect(calls).toEqual(['remove'])
  })
})

describe('withRetry and a list', () => {
  const names = Array.from({ length: 300 }, (_, number) => createHash('sha256').update(String(number)).digest('hex'))

  it('yields every name once, however often it has to begin again', async () => {
    const { storage, memory, calls } = openFlaky(
      [{ after: unreachable() }, { before: unreachable() }, { after: unreachable() }],
      { attempts: 4 },
    )
    for (const name of names) await memory.save({ kind: 'pack', name }, body)
    const listed: string[] = []
    for await (const { name, size } of storage.list('pack')) {
      expect(size).toBe(3)
      listed.push(name)
    }
    expect(listed.toSorted()).toEqual(names.toSorted())
    expect(calls).toEqual(['list', 'list', 'list', 'list'])
  })

  it('yields a config once', async () => {
    const { storage, memory, calls } = openFlaky([{ atEnd: unreachable() }])
    await memory.save(config, body)
    const listed: string[] = []
    for await (const { name } of storage.list('config')) listed.push(name)
    expect(listed).toEqual([''])
    expect(calls).toEqual(['list', 'list'])
  })

  it('gives up when it fails time and again, after the names it could get', async () => {
    const failure = unreachable()
    const { storage, memory } = openFlaky([{ after: unreachable() }, { after: unreachable() }, { after: failure }])
    for (const name of names) await memory.save({ kind: 'pack', name }, body)
    const listed: string[] = []
    const listing = async (): Promise<void> => {
      for await (const { name } of storage.list('pack')) listed.push(name)
    }
    await expect(listing()).rejects.toBe(failure)
    expect(listed).toHaveLength(2)
  })
})
