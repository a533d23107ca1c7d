import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Caller } from '../../core/appliance/index.ts'
import { createLiveEvents, type LiveEvents } from '../../core/appliance/live/live-events.ts'
import { eventOperations } from '../../core/appliance/operations/appliance-operations.ts'
import { systemClock } from '../../core/base/index.ts'
import type { LiveEvent } from '../../core/contract/index.ts'
import { expectError, openTestDoor, type TestDoor } from '../support/door.ts'
import { createRecordingAppliance, type RecordingAppliance } from '../support/recording-appliance.ts'
import { until } from '../support/until.ts'

interface Told {
  readonly id: string
  readonly event: LiveEvent
}

/** Somebody who watches. */
interface Watcher {
  readonly response: IncomingMessage
  /** What he was told so far. */
  readonly told: Told[]
  /** Resolves when he was told that many. */
  heard(count: number): Promise<void>
  /** Resolves when the stream has ended, to whether it did so in words. */
  readonly ended: Promise<boolean>
  leave(): void
}

const changed = (id: string): LiveEvent => ({ type: 'changed', kind: 'vault', id })
const names = (watcher: Watcher): string[] =>
  watcher.told.map(({ event }) => (event.type === 'changed' ? event.id : event.type))

describe('a stream of events', () => {
  let at: TestDoor
  let appliance: RecordingAppliance
  let live: LiveEvents
  /** Secrets that are no longer good. */
  let over: Set<string>
  /** How many watch, as the appliance sees it. */
  let watching: number
  let now: number
  let expiresAt: number | null

  beforeEach(async () => {
    live = createLiveEvents('epoch-1')
    over = new Set()
    watching = 0
    now = systemClock.now()
    expiresAt = null
    appliance = createRecordingAppliance()
    const authenticate = appliance.authenticate.bind(appliance)
    appliance.authenticate = async (secret, kind, address) => {
      const caller: Caller | undefined = over.has(secret) ? undefined : await authenticate(secret, kind, address)
      return caller && { ...caller, userId: secret, expiresAt }
    }
    appliance.answer = async (name, _input, call) => {
      if (name !== 'events.watch') return {}
      const events = (await eventOperations(live).watch(undefined, call)) as AsyncGenerator
      return (async function* () {
        watching++
        try {
          yield* events
        } finally {
          watching--
        }
      })()
    }
    at = await openTestDoor({
      appliance,
      lookAtStreamsEvery: 20,
      clock: { now: () => now, monotonic: () => systemClock.monotonic() },
    })
  })
  afterEach(() => at.door.close({ within: 100 }))

  function watch(role: string, headers: Record<string, string> = {}): Promise<Watcher> {
    return new Promise((resolve, reject) => {
      const host = `localhost:${at.door.port}`
      const given = { ...at.as(role), host, ...headers }
      const sent = get(
        { host: '127.0.0.1', port: at.door.port, path: '/api/v1/events', agent: false, headers: given },
        (response) => {
          const told: Told[] = []
          let text = ''
          let wanted = { count: 0, done: (): void => undefined }
          const look = (): void => {
            if (told.length >= wanted.count) wanted.done()
          }
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece
            const parts = text.split('\n\n')
            text = parts.pop() ?? ''
            for (const part of parts) {
              const id = /^id: ?(.*)$/m.exec(part)?.[1]
              const data = /^data: ?(.*)$/m.exec(part)?.[1]
              if (id !== undefined && data !== undefined) told.push({ id, event: JSON.parse(data) as LiveEvent })
            }
            look()
          })
          const ended = new Promise<boolean>((end) => {
            response.on('end', () => end(true))
            response.on('error', () => end(false))
          })
          resolve({
            response,
            told,
            ended,
            heard: (count) =>
              new Promise((done) => {
                wanted = { count, done }
                look()
              }),
            leave: () => sent.destroy(),
          })
        },
      )
      sent.on('error', reject)
    })
  }

  it('tells what happens, and goes on behind the last one that a client was told (Last-Event-ID)', async () => {
    const first = await watch('viewer')
    await until(() => watching === 1)
    live.publish(changed('a'))
    live.publish(changed('b'))
    await first.heard(2)
    first.leave()
    await until(() => watching === 0)
    live.publish(changed('c'))
    live.publish(changed('d'))
    const second = await watch('viewer', { 'last-event-id': first.told[0]?.id ?? '' })
    await second.heard(3)
    live.publish(changed('e'))
    await second.heard(4)
    expect([names(first), names(second)]).toEqual([
      ['a', 'b'],
      ['b', 'c', 'd', 'e'],
    ])
    expect(second.response.headers['content-type']).toContain('text/event-stream')
    second.leave()
  })

  it.each(['epoch-0-1', 'epoch-1-99', 'nonsense', 'epoch-1--1', 'epoch-1-9999999999999999'])(
    'tells a client to ask for everything anew whose last event is not known: %s',
    async (id) => {
      live.publish(changed('a'))
      const watcher = await watch('viewer', { 'last-event-id': id })
      await watcher.heard(1)
      live.publish(changed('b'))
      await watcher.heard(2)
      expect(names(watcher)).toEqual(['resync', 'b'])
      watcher.leave()
    },
  )

  it('tells a client that was away for too long to ask for everything anew', async () => {
    live.publish(changed('a'))
    for (let count = 0; count < 1500; count++) live.publish(changed(String(count)))
    const watcher = await watch('viewer', { 'last-event-id': 'epoch-1-1' })
    await watcher.heard(1)
    live.publish(changed('b'))
    await watcher.heard(2)
    expect(names(watcher)).toEqual(['resync', 'b'])
    watcher.leave()
  })

  it.each([
    ['he signs out', 'DELETE', '/api/v1/session', 'viewer'],
    [
      'an administrator takes his token away',
      'DELETE',
      '/api/v1/tokens/01a205da-59e0-708f-940c-807eb384f64b',
      'administrator',
    ],
  ])('ends where its caller is no longer let in: %s', async (_why, method, path, by) => {
    const [gone, stays] = [await watch('viewer'), await watch('operator')]
    await until(() => watching === 2)
    const ends = { by: '' }
    appliance.answer = (name) => {
      ends.by = name
      over.add('viewer')
      return Promise.resolve({})
    }
    expect((await at.send({ method, path, headers: at.as(by) })).status).toBe(200)
    await gone.ended
    await until(() => watching === 1)
    live.publish(changed('a'))
    await stays.heard(1)
    expect(gone.told).toEqual([])
    expectError(await at.send({ path: '/api/v1/events', headers: at.as('viewer') }), 'NOT_SIGNED_IN')
    stays.leave()
  })

  it('ends when its session does', async () => {
    expiresAt = now + 60_000
    const watcher = await watch('viewer')
    await until(() => watching === 1)
    await wait(100)
    expect(watching).toBe(1)
    now += 60_001
    expect(await watcher.ended).toBe(true)
    await until(() => watching === 0)
  })

  it('is one of ten of a user: no more are begun, until one of them ends', async () => {
    const watchers = []
    for (let count = 0; count < 10; count++) watchers.push(await watch('viewer'))
    const refused = await at.send({ path: '/api/v1/events', headers: at.as('viewer') })
    expectError(refused, 'TOO_MANY')
    expect(refused.headers['retry-after']).toBe('10')
    const other = await watch('operator')
    expect(other.response.statusCode).toBe(200)
    watchers[0]?.leave()
    await until(() => watching === 10)
    const again = await watch('viewer')
    expect(again.response.statusCode).toBe(200)
    for (const watcher of [...watchers, other, again]) watcher.leave()
  })

  it('ends where its client stops to read, and goes on for one that reads', async () => {
    const reading = await watch('operator')
    const stalled = connect(at.door.port, '127.0.0.1')
    stalled.on('error', () => undefined)
    const { cookie } = at.as('viewer')
    stalled.write(`GET /api/v1/events HTTP/1.1\r\nHost: localhost:${at.door.port}\r\nCookie: ${cookie}\r\n\r\n`)
    stalled.pause()
    await until(() => watching === 2)
    let published = 0
    // More than any buffer between the two: what is published then stays here.
    const isStalledThere = (): boolean => watching === 2
    while (isStalledThere() && published < 4000) {
      for (let count = 0; count < 20; count++) live.publish(changed(`${++published} ${'x'.repeat(20_000)}`))
      await wait(10)
    }
    expect(watching).toBe(1)
    live.publish(changed('last'))
    await until(() => names(reading).at(-1) === 'last')
    stalled.destroy()
    reading.leave()
  })

  it('ends in words when the door closes', async () => {
    const watcher = await watch('viewer')
    await until(() => watching === 1)
    await at.door.close({ within: 60_000 })
    expect(await watcher.ended).toBe(true)
  })
})
