import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Appliance, Call, Operations } from '../../core/appliance/index.ts'
import { type Clock, systemClock } from '../../core/base/index.ts'
import { startAppliance, type TestAppliance } from '../support/appliance.ts'
import { expectError, openTestDoor, type TestDoor } from '../support/door.ts'
import { listOperations } from '../support/operations.ts'

const ID = '01a205da-59e0-708f-940c-807eb384f64b'
const PASSWORD = 'a long enough password'
const ALL = ['own', 'view', 'browse', 'restore', 'operate', 'configure', 'administer'] as const
const DAY = 24 * 60 * 60 * 1000

const guarded = listOperations().filter(({ meta }) => meta.access !== 'anyone')

describe('whoever was let in once', () => {
  let root: string
  let test: TestAppliance
  let at: TestDoor
  const reached: string[] = []
  /** What was good, by why it is good no more. */
  const lapsed: Record<string, string> = {}
  let good = ''
  const time = { ahead: 0 }
  const clock: Clock = {
    now: () => systemClock.now() + time.ahead,
    monotonic: () => systemClock.monotonic() + time.ahead,
  }

  async function signIn(name: string): Promise<{ readonly call: Call; readonly secret: string }> {
    let secret = ''
    const setSession: Call['setSession'] = (begun) => void (secret = begun?.secret ?? '')
    const stranger: Call = { caller: undefined, address: '127.0.0.1', setSession }
    await test.appliance.operations.session.signIn({ name, password: PASSWORD }, stranger)
    return { call: { ...stranger, caller: await test.appliance.authenticate(secret, 'session', '') }, secret }
  }

  /** An administrator of that name, signed in, with a token that may all that he may. */
  async function add(
    name: string,
  ): Promise<{ id: string; call: Call; session: string; token: string; tokenId: string }> {
    const { operations } = test.appliance
    const who = { name, password: PASSWORD, role: 'administrator', sourceRoots: null, restoreRoots: null } as const
    const { id } = await operations.users.create(who, test.call)
    const { call, secret } = await signIn(name)
    const made = await operations.tokens.create({ name: 'all', access: [...ALL], days: 2 }, call)
    return { id, call, session: secret, token: made.secret, tokenId: made.token.id }
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-lapsed-'))
    test = await startAppliance(root, { clock })
    const { operations } = test.appliance
    const late = await add('late')
    lapsed['a session whose time is over'] = late.session
    lapsed['a token whose time is over'] = late.token
    await mustBeIn()
    time.ahead += 3 * DAY
    // From here on no time is over.
    const [out, revoked, removed, disabled, reset] = [
      await add('out'),
      await add('revoked'),
      await add('removed'),
      await add('disabled'),
      await add('reset'),
    ]
    good = (await add('good')).token
    lapsed['a session that was signed out'] = out.session
    lapsed['a token that was revoked'] = revoked.token
    lapsed['a session of a user who was removed'] = removed.session
    lapsed['a token of a user who was removed'] = removed.token
    lapsed['a session of a user who was locked'] = disabled.session
    lapsed['a token of a user who was locked'] = disabled.token
    lapsed['a session of a user whose password was set anew'] = reset.session
    lapsed['a token of a user whose password was set anew'] = reset.token
    await mustBeIn(2)
    await operations.session.signOut(undefined, out.call)
    await operations.tokens.revoke({ id: revoked.tokenId }, revoked.call)
    await operations.users.remove({ id: removed.id }, test.call)
    await operations.users.update({ id: disabled.id, isEnabled: false, removeTotp: false }, test.call)
    await operations.users.update({ id: reset.id, password: `${PASSWORD}!`, removeTotp: false }, test.call)
    at = await openTestDoor({ appliance: noting(test.appliance), mostStrangers: 1_000_000 })
  })
  afterAll(async () => {
    await at.door.close({ within: 1000 })
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  /** Otherwise it would be proved of secrets that never were any. */
  async function mustBeIn(from = 0): Promise<void> {
    for (const [what, secret] of Object.entries(lapsed).slice(from)) {
      const caller = await test.appliance.authenticate(secret, secret.startsWith('hft_') ? 'token' : 'session', '')
      expect([what, caller?.role]).toEqual([what, 'administrator'])
    }
  }

  /** The same appliance, whose operations are noted and not done. */
  function noting(appliance: Appliance): Appliance {
    const operations = Object.fromEntries(
      Object.entries(appliance.operations).map(([noun, verbs]) => [
        noun,
        Object.fromEntries(
          Object.keys(verbs).map((verb) => [
            verb,
            () => {
              reached.push(`${noun}.${verb}`)
              return Promise.reject(new Error('it was reached'))
            },
          ]),
        ),
      ]),
    ) as unknown as Operations
    return { ...appliance, operations, download: () => Promise.reject(new Error('it was reached')) }
  }

  const headersOf = (secret: string): Record<string, string> =>
    secret.startsWith('hft_') ? { authorization: `Bearer ${secret}` } : at.as(secret)

  it.each(guarded)('does not reach $name any more', async ({ method, path, meta, name }) => {
    const body = method === 'GET' ? undefined : '{}'
    const where = `/api/v1${path.replaceAll(/\{\w+\}/g, ID)}`
    for (const [what, secret] of Object.entries(lapsed)) {
      reached.length = 0
      const answer = await at.send({ method, path: where, body, headers: headersOf(secret) })
      expect([what, answer.body.code]).toEqual([what, 'NOT_SIGNED_IN'])
      expectError(answer, 'NOT_SIGNED_IN')
      expect([what, reached]).toEqual([what, []])
    }
    if (meta.isAudited === true) {
      const { items } = await test.appliance.operations.audit.list({ limit: 1 }, test.call)
      expect(items[0]).toMatchObject({ actor: 'nobody', operation: name, outcome: 'refused' })
    }
    // It is not that nobody gets there.
    const answer = await at.send({ method, path: where, body, headers: headersOf(good) })
    expect([401, 403]).not.toContain(answer.status)
  })

  it('gets no file and no figures any more', async () => {
    for (const path of [`/api/v1/points/${ID}/download?path=/srv`, '/metrics']) {
      for (const secret of Object.values(lapsed))
        expectError(await at.send({ path, headers: headersOf(secret) }), 'NOT_SIGNED_IN')
    }
  })

  it('was let in until then in ten ways', () => {
    expect(Object.keys(lapsed)).toHaveLength(10)
  })
})
