import { request } from 'node:http'

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { CoreError, systemChance, systemClock } from '../../core/base/index.ts'
import { isGranted, type Role } from '../../core/contract/index.ts'
import { type Gateway, openGateway } from '../../core/gateway/index.ts'
import { type ListedOperation, listOperations } from '../support/operations.ts'
import { createRecordingAppliance } from '../support/recording-appliance.ts'

const operations = listOperations()
const ROLES: readonly Role[] = ['administrator', 'operator', 'restore-only', 'viewer']
const ID = '01a205da-59e0-708f-940c-807eb384f64b'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: { readonly code?: string; readonly message?: string; readonly data?: Record<string, unknown> }
  readonly text: string
}

const isUnsafe = ({ method }: ListedOperation): boolean => method !== 'GET'

function expectError(answer: Answer, code: string): void {
  expect([answer.body.code, answer.text]).toEqual([code, answer.text])
  expect(answer.body.data).toMatchObject({
    fields: expect.any(Array) as unknown[],
    reason: expect.any(String) as string,
  })
  expect(Object.keys(answer.body.data ?? {}).toSorted()).toEqual(['fields', 'object', 'reason', 'remedy', 'safety'])
}

describe('a hostile client of the console door', () => {
  const appliance = createRecordingAppliance()
  const said: string[] = []
  let door: Gateway

  beforeAll(async () => {
    door = await openGateway({
      appliance,
      port: 0,
      consoleFolder: '/nonexistent',
      tls: undefined,
      mostRequests: 1_000_000,
      mostStrangers: 1_000_000,
      log: { error: (facts, message) => said.push(message), warn: () => undefined },
      clock: systemClock,
      chance: systemChance,
    })
  })
  afterAll(() => door.close({ within: 100 }))
  beforeEach(() => {
    appliance.reached.length = 0
    appliance.audit.length = 0
  })

  function send(
    { method, path }: Pick<ListedOperation, 'method' | 'path'>,
    {
      headers = {},
      body,
      chunks,
      id = ID,
    }: { headers?: Record<string, string | string[]>; body?: string; chunks?: string; id?: string } = {},
  ): Promise<Answer> {
    const where = path.replaceAll(/\{\w+\}/g, id)
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: door.port,
          method,
          path: where.startsWith('/api') || where === '/healthz' ? where : `/api/v1${where}`,
          headers: {
            host: `localhost:${door.port}`,
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': String(Buffer.byteLength(body)),
            }),
            ...headers,
          },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
          response.on('end', () => {
            const isJson = String(response.headers['content-type']).startsWith('application/json')
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: isJson ? (JSON.parse(text) as Answer['body']) : {},
              text,
            })
          })
        },
      )
      sent.on('error', reject)
      sent.end(chunks ?? body)
    })
  }

  const bodyOf = (operation: ListedOperation): { body?: string } => (isUnsafe(operation) ? { body: '{}' } : {})
  const asSession = (role: string): Record<string, string> => ({
    cookie: `holdfast_session=${role}`,
    origin: `http://localhost:${door.port}`,
  })

  const guarded = operations.filter(({ meta }) => meta.access !== 'anyone')

  it.each(guarded)('does not reach $name without a session, or with one that is not known', async (operation) => {
    for (const headers of [{}, asSession('nobody'), { authorization: 'Bearer hft_nothing' }, asSession('')]) {
      expectError(await send(operation, { headers, ...bodyOf(operation) }), 'NOT_SIGNED_IN')
    }
    expect(appliance.reached).toEqual([])
    if (operation.meta.isAudited === true)
      expect(appliance.audit[0]).toMatchObject({ outcome: 'refused', operation: operation.name })
  })

  it.each(guarded)('reaches $name with the roles that it is for, and with no other', async (operation) => {
    for (const role of ROLES) {
      const answer = await send(operation, { headers: asSession(role), ...bodyOf(operation) })
      if (isGranted(role, operation.meta.access)) expect([401, 403]).not.toContain(answer.status)
      else expectError(answer, 'FORBIDDEN')
    }
    const refused = new Set<string>(ROLES.filter((role) => !isGranted(role, operation.meta.access)))
    expect(appliance.reached.filter(({ call }) => refused.has(call.caller?.role ?? 'viewer'))).toEqual([])
  })

  it.each(guarded)(
    'reaches $name with a token that was given no more than to look only where that is enough',
    async (operation) => {
      const answer = await send(operation, {
        headers: { authorization: 'Bearer administrator_view' },
        ...bodyOf(operation),
      })
      if (operation.meta.access === 'view') expect([401, 403]).not.toContain(answer.status)
      else expectError(answer, 'FORBIDDEN')
    },
  )

  it.each(operations.filter(isUnsafe))('does not reach $name from a page of somebody else', async (operation) => {
    const cookie = 'holdfast_session=administrator'
    for (const headers of [
      { cookie, origin: 'http://evil.example' },
      { cookie, origin: 'null' },
      { cookie, 'sec-fetch-site': 'cross-site' },
      { cookie },
      { origin: `http://localhost:${door.port + 1}` },
    ]) {
      expectError(await send(operation, { headers, body: '{}' }), 'FORBIDDEN')
    }
    expect(appliance.reached).toEqual([])
  })

  it.each(operations)('does not reach $name by another name of the host (DNS rebinding)', async (operation) => {
    for (const host of [
      'evil.example',
      `evil.example:${door.port}`,
      'localhost',
      'localhost:1',
      '127.0.0.1.evil.example',
    ]) {
      const answer = await send(operation, { headers: { ...asSession('administrator'), host }, ...bodyOf(operation) })
      expect([host, [421, 400].includes(answer.status)]).toEqual([host, true])
    }
    expect(appliance.reached).toEqual([])
  })

  it.each(operations.filter(isUnsafe))('tells of $name what of its input cannot be used', async (operation) => {
    const headers = asSession('administrator')
    for (const body of ['{', '[]', '"x"', '{"__proto__":{"a":1}', '\u0000', `{"name":${'['.repeat(2000)}`]) {
      const answer = await send(operation, { headers, body })
      expect([body.slice(0, 20), answer.status < 500]).toEqual([body.slice(0, 20), true])
    }
    const odd = await send(operation, { headers, body: JSON.stringify({ nobodyKnowsThis: 1 }) })
    if (operation.procedure['~orpc'].inputSchema !== undefined) {
      expectError(odd, 'BAD_INPUT')
      expect(odd.body.data?.['remedy']).toEqual(expect.any(String))
      expect(odd.body.data?.['fields']).not.toEqual([])
    }
  })

  it.each(operations.filter(({ path }) => path.includes('{')))(
    'takes no trick for an id of $name',
    async (operation) => {
      for (const id of [
        '..%2f..%2fetc%2fpasswd',
        '%2e%2e%2f',
        '%00',
        'a'.repeat(3000),
        `${ID}'--`,
        '%ff',
        '[object]',
      ]) {
        const answer = await send(operation, { headers: asSession('administrator'), id, ...bodyOf(operation) })
        expect([id.slice(0, 20), answer.status >= 400 && answer.status < 500]).toEqual([id.slice(0, 20), true])
      }
      expect(appliance.reached).toEqual([])
    },
  )

  it.each(operations.filter(isUnsafe))('does not reach $name with more than it takes', async (operation) => {
    const { access } = operation.meta
    const large = `{"name":"${'x'.repeat(1024 * 1024)}"}`
    const strangers = `{"name":"${'x'.repeat(16 * 1024)}"}`
    expectError(await send(operation, { headers: asSession('administrator'), body: large }), 'TOO_LARGE')
    // Not even to say that one has to sign in: a stranger's is read no further.
    for (const body of [large, strangers]) expectError(await send(operation, { body }), 'TOO_LARGE')
    expect(appliance.reached).toEqual([])
    // As much as that is read of somebody who may, whatever is in it.
    const fits = await send(operation, { headers: asSession('administrator'), body: strangers })
    expect([access, fits.body.code === 'TOO_LARGE']).toEqual([access, false])
  })

  it.each(operations.filter(isUnsafe))('does not reach $name with more than it was told of', async (operation) => {
    const headers = {
      ...asSession('administrator'),
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    }
    expectError(await send(operation, { headers, chunks: `{"name":"${'x'.repeat(1024 * 1024)}"}` }), 'TOO_LARGE')
    expect(appliance.reached).toEqual([])
  })

  it.each(operations.filter((each) => !isUnsafe(each)))('reads of what comes with $name nothing', async (operation) => {
    const headers = asSession('administrator')
    const answer = await send(operation, { headers, body: `{"limit":"${'x'.repeat(1024 * 1024)}"}` })
    const without = await send(operation, { headers })
    expect([answer.status, answer.text]).toEqual([without.status, without.text])
    const [withBody, withNone] = appliance.reached.map(({ input }) => input)
    expect(withBody).toEqual(withNone)
    const long = await send({ ...operation, path: `${operation.path}?cursor=${'x'.repeat(130 * 1024)}` }, { headers })
    expect([long.status, long.body.code]).toEqual([414, 'TOO_LARGE'])
  })

  it('refuses what is too large, too long, and methods that it does not know', async () => {
    const headers = asSession('administrator')
    const large = await send(
      { method: 'POST', path: '/sources' },
      { headers, body: `{"name":"${'x'.repeat(1_100_000)}"}` },
    )
    expectError(large, 'TOO_LARGE')
    expect(
      (await send({ method: 'GET', path: `/runs?cursor=${'x'.repeat(20_000)}` }, { headers })).status,
    ).toBeGreaterThanOrEqual(400)
    for (const method of ['TRACE', 'OPTIONS', 'PROPFIND'])
      expect((await send({ method, path: '/runs' }, { headers })).status).toBe(405)
    const override = { ...headers, 'x-http-method-override': 'DELETE' }
    await send({ method: 'GET', path: `/vaults/${ID}` }, { headers: override })
    expect(appliance.reached.map(({ name }) => name)).toEqual(['vaults.get'])
  })

  it('takes no session where a browser sends two', async () => {
    const cookie = 'holdfast_session=administrator; holdfast_session=administrator'
    expectError(await send({ method: 'GET', path: '/runs' }, { headers: { cookie } }), 'NOT_SIGNED_IN')
  })

  it('tells nobody what went wrong inside, and the log all of it', async () => {
    appliance.answer = () => Promise.reject(new Error('a defect with a secret in it'))
    const answer = await send({ method: 'GET', path: '/vaults' }, { headers: asSession('viewer') })
    expectError(answer, 'DEFECT')
    expect(answer.text).not.toContain('secret')
    expect(said.at(-1)).toContain('an operation failed')
  })

  it('says what is known of what went wrong before it knew who calls', async () => {
    const full = new CoreError('storage/full', 'The catalog takes nothing.', { remedy: 'Make room.' })
    const before = said.length
    const authenticate = vi.spyOn(appliance, 'authenticate').mockRejectedValue(full)
    const answer = await send({ method: 'GET', path: '/vaults' }, { headers: asSession('viewer') })
    authenticate.mockRestore()
    expectError(answer, 'CONFLICT')
    expect(answer.body).toMatchObject({
      message: 'The catalog takes nothing.',
      data: { reason: 'storage/full', remedy: 'Make room.' },
    })
    expect(said).toHaveLength(before)
  })

  it('sets the same headers whatever it answers', async () => {
    const answers = [
      await send({ method: 'GET', path: '/healthz' }),
      await send({ method: 'GET', path: '/runs' }),
      await send({ method: 'GET', path: '/nothing' }),
      await send({ method: 'GET', path: '/api/v1/docs' }),
      await send({ method: 'GET', path: '/health' }, { headers: { host: 'evil.example' } }),
    ]
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'self'")
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['x-powered-by']).toBeUndefined()
    }
  })
})
