import { networkInterfaces } from 'node:os'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { expectError, openTestDoor, type TestDoor } from '../support/door.ts'
import { createRecordingAppliance } from '../support/recording-appliance.ts'

const ID = '01a205da-59e0-708f-940c-807eb384f64b'
const HAS_IPV6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'))

describe('a request to the console door', () => {
  const appliance = createRecordingAppliance()
  const conflict = appliance.answer
  let at: TestDoor

  beforeAll(async () => {
    at = await openTestDoor({ appliance })
  })
  afterAll(() => at.door.close({ within: 100 }))
  beforeEach(() => {
    appliance.reached.length = 0
    appliance.audit.length = 0
    appliance.answer = conflict
  })

  const busy = (context: Record<string, number>): void => {
    appliance.answer = () => Promise.reject(new CoreError('service/busy', 'Too many.', { context }))
  }
  const create = (body: string): Promise<unknown> =>
    at.send({ method: 'POST', path: '/api/v1/sources', headers: at.as('administrator'), body })
  const names = (): string[] => appliance.reached.map(({ name }) => name)
  const raw = (target: string, headers: readonly string[] = []): Promise<string> =>
    at.sendRaw(
      [
        `GET ${target} HTTP/1.1`,
        `Host: localhost:${at.door.port}`,
        'Cookie: holdfast_session=administrator',
        'Connection: close',
        ...headers,
        '',
        '',
      ].join('\r\n'),
    )

  it('reaches an operation as it is sent here', async () => {
    await raw('/api/v1/vaults')
    expect(names()).toEqual(['vaults.list'])
  })

  it('is refused where it names two hosts, or a host in its target', async () => {
    const own = `localhost:${at.door.port}`
    const two = await raw('/api/v1/vaults', ['Host: evil.example'])
    const targets = [`http://${own}/api/v1/vaults`, '//evil.example/api/v1/vaults', '/\\evil.example/api/v1/vaults']
    const answers = [two, ...(await Promise.all(targets.map((target) => raw(target))))]
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer).toContain('"code":"BAD_INPUT"')
    }
    expect(appliance.reached).toEqual([])
  })

  it('is refused with more headers than are looked at: none of them is dropped without a word', async () => {
    const many = Array.from({ length: 150 }, (_, index) => `X-${index}: 1`)
    const answer = await raw('/api/v1/vaults', many)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(answer).toContain('"code":"TOO_LARGE"')
    expect(appliance.reached).toEqual([])
  })

  it.each([
    ['headers beyond all measure', () => raw(`/${'x'.repeat(200_000)}`), 431, 'TOO_LARGE'],
    ['an address that is too long', () => raw(`/${'x'.repeat(135_000)}`), 414, 'TOO_LARGE'],
    ['what is no HTTP', () => at.sendRaw('HELO door\r\n\r\n'), 400, 'BAD_INPUT'],
    ['two lengths', () => raw('/', ['Content-Length: 1', 'Content-Length: 2']), 400, 'BAD_INPUT'],
  ] as const)('is answered in the shape of all errors for %s', async (_what, send, status, code) => {
    const [head = '', body = ''] = (await send()).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff')
    expect(JSON.parse(body)).toMatchObject({ code, status, data: { fields: [], reason: expect.any(String) as string } })
  })

  it('brings a path of 32 KiB, whatever its letters', async () => {
    const path = `/${'ä'.repeat(16_383)}`
    const answer = await at.send({
      path: `/api/v1/points/${ID}/entries?path=${encodeURIComponent(path)}`,
      headers: at.as('administrator'),
    })
    expectError(answer, 'CONFLICT')
    expect(appliance.reached[0]?.input).toMatchObject({ path })
  })

  it.each(['bearer', 'BEARER', 'Bearer '])('is taken for the holder of a token after `%s`', async (scheme) => {
    await at.send({ path: '/api/v1/vaults', headers: { authorization: `${scheme} viewer`, ...at.as('administrator') } })
    expect(appliance.reached[0]?.call.caller).toMatchObject({ name: 'viewer', by: { kind: 'token' } })
  })

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer viewer, Bearer viewer',
    `Bearer ${'x'.repeat(201)}`,
    'Basic dmlld2VyOg==',
    'viewer',
    '',
  ])('is never taken for whoever its cookie belongs to beside `Authorization: %s`', async (authorization) => {
    const headers = { authorization, ...at.as('administrator') }
    expectError(await at.send({ path: '/api/v1/vaults', headers }), 'NOT_SIGNED_IN')
    expect(appliance.reached).toEqual([])
  })

  it('is taken for nobody with two tokens', async () => {
    const answer = await raw('/api/v1/vaults', ['Authorization: Bearer viewer', 'Authorization: Bearer administrator'])
    expect(answer).toContain('"code":"NOT_SIGNED_IN"')
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/event-stream',
    'application/jsonp',
    'application/json; charset=utf-16',
    '',
  ])('is refused with a body of the type `%s`', async (type) => {
    const body = JSON.stringify({ name: 'a', password: 'b' })
    for (const headers of [{ 'content-type': type }, { 'content-type': type, 'content-disposition': 'attachment' }])
      expectError(await at.send({ method: 'POST', path: '/api/v1/session', headers, body }), 'BAD_INPUT')
    expect(appliance.reached).toEqual([])
  })

  it.each(['[1]', '"x"', '1', 'null', '{', '\u0000', '{"a":1}{', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`])(
    'is refused with the body `%s`, also where the address says all that is needed',
    async (body) => {
      for (const [method, path] of [
        ['DELETE', `/api/v1/points/${ID}`],
        ['POST', '/api/v1/session'],
      ] as const) {
        expectError(await at.send({ method, path, headers: at.as('administrator'), body }), 'BAD_INPUT')
      }
      expect(appliance.reached).toEqual([])
    },
  )

  it('is refused with bytes that are no UTF-8', async () => {
    const head = `POST /api/v1/session HTTP/1.1\r\nHost: localhost:${at.door.port}\r\nConnection: close\r\n`
    const body = '{"name":"\xff","password":"b"}'
    const answer = await at.sendRaw(
      `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(answer).toContain('"code":"BAD_INPUT"')
    expect(appliance.reached).toEqual([])
  })

  it('brings a body in UTF-8, said or not, and none at all', async () => {
    const body = JSON.stringify({ name: 'ä', password: 'b' })
    for (const type of ['application/json', 'Application/JSON; charset="UTF-8"'])
      await at.send({ method: 'POST', path: '/api/v1/session', headers: { 'content-type': type }, body })
    await at.send({ method: 'DELETE', path: '/api/v1/session', headers: at.as('viewer') })
    expect(names()).toEqual(['session.signIn', 'session.signIn', 'session.signOut'])
    expect(appliance.reached[0]?.input).toEqual({ name: 'ä', password: 'b' })
  })

  it('brings a large body of somebody, and of nobody a small one', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(20_000), password: 'b' })
    const sent = { method: 'POST', path: '/api/v1/session', body }
    expectError(await at.send(sent), 'TOO_LARGE')
    expectError(await at.send({ ...sent, headers: at.as('viewer') }), 'BAD_INPUT')
    // Said by its length or not.
    const pieces = await at.send({ ...sent, headers: { 'transfer-encoding': 'chunked', 'content-length': [] } })
    expectError(pieces, 'TOO_LARGE')
  })

  it('changes nothing in the process by names of its members', async () => {
    const headers = at.as('administrator')
    for (const name of [
      '__proto__',
      'constructor',
      'a[__proto__]',
      'constructor[prototype]',
      'a[constructor][prototype]',
    ]) {
      await at.send({ path: `/api/v1/vaults?${encodeURIComponent(name)}[polluted]=1`, headers })
      await at.send({ path: `/api/v1/runs?${name}[polluted]=1&__proto__[polluted]=1`, headers })
    }
    await at.send({ method: 'POST', path: '/api/v1/sources', headers, body: '{"__proto__":{"polluted":1}}' })
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(([] as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('is told when to come again where it was too much', async () => {
    const signIn = { method: 'POST', path: '/api/v1/session', body: '{"name":"a","password":"b"}' }
    busy({ seconds: 41.2 })
    const told = await at.send(signIn)
    expectError(told, 'TOO_MANY')
    expect(told.headers['retry-after']).toBe('42')
    busy({})
    expect((await at.send(signIn)).headers['retry-after']).toBe('5')
  })

  it('is no page of the console below /api', async () => {
    for (const path of ['/api', '/API', '/api/', '/api/v1', '/api/v2/vaults', '/api/v1/'])
      expectError(await at.send({ path }), 'NOT_FOUND')
  })

  it.skipIf(!HAS_IPV6)('comes by either address of this computer', async () => {
    for (const address of ['127.0.0.1', '::1']) expect((await at.send({ path: '/healthz', address })).text).toBe('ok\n')
    const headers = { host: `[::1]:${at.door.port}` }
    expect((await at.send({ path: '/healthz', address: '::1', headers })).status).toBe(200)
  })

  describe('that the audit keeps', () => {
    it('is kept as far as somebody would read it', async () => {
      const deep = `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`
      await create(`{"name":"${'x'.repeat(500_000)}","deep":${deep},"many":[${'1,'.repeat(50_000)}1]}`)
      const [entry] = appliance.audit
      expect(entry).toMatchObject({ operation: 'sources.create', outcome: 'failed', actor: 'administrator' })
      const kept = JSON.stringify(entry?.input)
      expect(kept.length).toBeLessThan(40_000)
      expect(kept).toContain('x…')
      expect(kept).not.toContain('"a":'.repeat(9))
    })

    it('names nobody by what a stranger says, but where he signs in', async () => {
      const body = '{"name":"administrator","password":"x"}'
      await at.send({ method: 'POST', path: '/api/v1/users', body })
      await at.send({ method: 'POST', path: '/api/v1/session', body })
      expect(appliance.audit.map(({ operation, actor }) => [operation, actor])).toEqual([
        ['users.create', 'nobody'],
        ['session.signIn', 'administrator'],
      ])
    })

    it('is answered as done where it was done, though it could not be written down', async () => {
      const forgetful = createRecordingAppliance()
      forgetful.answer = () => Promise.resolve({})
      forgetful.record = () => Promise.reject(new Error('the disk is full'))
      const own = await openTestDoor({ appliance: forgetful })
      const answer = await own.send({ method: 'DELETE', path: '/api/v1/session', headers: own.as('viewer') })
      await own.door.close({ within: 100 })
      expect([answer.status, answer.text]).toEqual([200, '{}'])
      expect(own.said.at(-1)).toContain('the audit could not be written')
    })
  })
})
