import { get, type IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import type { Download } from '../../core/appliance/index.ts'
import { CoreError } from '../../core/base/index.ts'
import { expectError, openTestDoor, type TestDoor } from '../support/door.ts'
import { createRecordingAppliance } from '../support/recording-appliance.ts'

const ID = '01a205da-59e0-708f-940c-807eb384f64b'
const PATH = `/api/v1/points/${ID}/download?path=%2Fdata%2Fa.txt`

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text))
}

/** Content that never ends, and nothing of it comes. */
async function* endless(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  yield Buffer.from('begun')
  await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }))
}

/** Of somebody whom nobody knows no more is kept than what he wanted. */
const kept = (outcome: string, actor: string): unknown[] => [
  ['points.download', outcome, actor, ID, actor === 'nobody' ? {} : { pointId: ID, path: '/data/a.txt' }],
]

describe('a download', () => {
  const appliance = createRecordingAppliance()
  let at: TestDoor

  beforeAll(async () => {
    at = await openTestDoor({ appliance })
  })
  afterAll(() => at.door.close({ within: 100 }))
  beforeEach(() => {
    appliance.audit.length = 0
    at.said.length = 0
  })

  function offer(content: AsyncIterable<Uint8Array>, { size, fileName = 'a.txt' }: Partial<Download> = {}): void {
    appliance.download = () => Promise.resolve({ fileName, size, content })
  }
  const outcomes = (): unknown[] =>
    appliance.audit.map(({ operation, outcome, actor, object, input }) => [operation, outcome, actor, object, input])
  /** What is broken off is seen to be so before it is written down. */
  async function recorded(): Promise<void> {
    while (appliance.audit.length === 0) await wait(5)
  }

  it('is the content of the file, under its name, and the audit keeps it', async () => {
    offer(pieces('one', 'two'), { size: 6n, fileName: 'a "ü".txt' })
    const answer = await at.send({ path: PATH, headers: at.as('operator') })
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, 'onetwo', '6'])
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename="a ___.txt"; filename*=UTF-8''a%20%22%C3%BC%22.txt`,
    )
    expect(outcomes()).toEqual(kept('done', 'operator'))
  })

  it.each([
    ['shorter', 7n],
    ['longer', 5n],
  ])(
    'is broken off where the content is %s than was said: nobody takes it for the whole, or waits',
    async (_what, size) => {
      offer(pieces('one', 'two'), { size })
      await expect(at.send({ path: PATH, headers: at.as('operator') })).rejects.toThrow()
      await recorded()
      expect(outcomes()).toEqual(kept('failed', 'operator'))
      expect(at.said).toHaveLength(1)
    },
  )

  it('is broken off where reading fails on the way, and the log is told', async () => {
    offer(
      (async function* () {
        yield* pieces('one')
        throw new Error('a defect')
      })(),
    )
    await expect(at.send({ path: PATH, headers: at.as('operator') })).rejects.toThrow()
    await recorded()
    expect(outcomes()).toEqual(kept('failed', 'operator'))
    expect(at.said).toEqual(['an operation failed in a way nobody knows'])
  })

  it('is refused to whoever may not restore, and the audit keeps that', async () => {
    offer(pieces('secret'))
    for (const [headers, code, actor] of [
      [at.as('viewer'), 'FORBIDDEN', 'viewer'],
      [{ authorization: 'Bearer administrator_view' }, 'FORBIDDEN', 'administrator'],
      [{}, 'NOT_SIGNED_IN', 'nobody'],
    ] as const) {
      appliance.audit.length = 0
      const answer = await at.send({ path: PATH, headers })
      expectError(answer, code)
      expect(outcomes()).toEqual(kept('refused', actor))
    }
  })

  it('is refused where the appliance refuses it, in the words of it', async () => {
    appliance.download = () =>
      Promise.reject(new CoreError('policy/forbidden', 'Not there.', { remedy: 'Ask for /data.' }))
    const answer = await at.send({ path: PATH, headers: at.as('operator') })
    expectError(answer, 'FORBIDDEN')
    expect([answer.body.message, answer.body.data?.['remedy']]).toEqual(['Not there.', 'Ask for /data.'])
    expect(outcomes()).toEqual(kept('refused', 'operator'))
  })

  it('that fails in a way nobody knows is told to the log, and nothing of it to the client', async () => {
    appliance.download = () => Promise.reject(new Error('a secret'))
    const answer = await at.send({ path: PATH, headers: at.as('operator') })
    expectError(answer, 'DEFECT')
    expect(answer.text).not.toContain('secret')
    expect(at.said).toEqual(['an operation failed in a way nobody knows'])
  })

  /** Begins one, and resolves once something of it is here. */
  function begin(role: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { ...at.as(role), host: `localhost:${at.door.port}` }
      get({ host: '127.0.0.1', port: at.door.port, path: PATH, agent: false, headers }, (response) => {
        response.on('error', () => undefined)
        response.once('data', () => resolve(response))
      }).on('error', reject)
    })
  }

  it('is one of ten at most that a user has going on, and ends where the user may no longer restore', async () => {
    appliance.download = (_wanted, { signal }) =>
      Promise.resolve({ fileName: 'a.txt', size: undefined, content: endless(signal) })
    const going = await Promise.all(Array.from({ length: 10 }, () => begin('operator')))
    expectError(await at.send({ path: PATH, headers: at.as('operator') }), 'TOO_MANY')

    const ended = going.map((response) => new Promise((resolve) => response.once('close', resolve)))
    const authenticate = appliance.authenticate.bind(appliance)
    appliance.authenticate = (secret, kind, address) =>
      secret.startsWith('operator') ? Promise.resolve(undefined) : authenticate(secret, kind, address)
    appliance.answer = () => Promise.resolve({})
    const removed = await at.send({ method: 'DELETE', path: `/api/v1/users/${ID}`, headers: at.as('administrator') })
    expect(removed.status).toBe(200)
    await Promise.all(ended)
    appliance.authenticate = authenticate
    ;(await begin('operator')).destroy()
  })
})
