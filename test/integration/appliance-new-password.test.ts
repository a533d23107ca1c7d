import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Call } from '../../core/appliance/index.ts'
import { startAppliance, type TestAppliance } from '../support/appliance.ts'
import { openTestDoor, type TestDoor } from '../support/door.ts'

const OLD = 'the old password of kim'
const NEW = 'the new password of kim'

describe('a new password', () => {
  let root: string
  let test: TestAppliance
  let id: string
  /** Secrets of two sessions of kim, and of two tokens. */
  let sessions: string[]
  let tokens: string[]
  let kim: Call

  const isIn = async (kind: 'session' | 'token', secrets: readonly string[]): Promise<boolean[]> =>
    Promise.all(secrets.map(async (secret) => (await test.appliance.authenticate(secret, kind, '')) !== undefined))
  const as = async (kind: 'session' | 'token', secret: string | undefined): Promise<Call> => ({
    ...test.call,
    caller: await test.appliance.authenticate(secret ?? '', kind, ''),
  })

  async function signIn(password: string): Promise<string> {
    let secret = ''
    const setSession: Call['setSession'] = (begun) => void (secret = begun?.secret ?? '')
    await test.appliance.operations.session.signIn(
      { name: 'kim', password },
      { caller: undefined, address: '127.0.0.1', setSession },
    )
    return secret
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-password-'))
    test = await startAppliance(root)
    const { operations } = test.appliance
    const who = { name: 'kim', password: OLD, role: 'operator', sourceRoots: null, restoreRoots: null } as const
    ;({ id } = await operations.users.create(who, test.call))
    sessions = [await signIn(OLD), await signIn(OLD)]
    kim = await as('session', sessions[0])
    tokens = []
    for (const name of ['monitoring', 'nightly'])
      tokens.push((await operations.tokens.create({ name, access: ['own', 'view'], days: 1 }, kim)).secret)
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  it('that an administrator sets ends every session and every token of the user, and of nobody else', async () => {
    const { operations } = test.appliance
    const other = await operations.tokens.create({ name: 'of the administrator', access: ['view'], days: 1 }, test.call)
    const changed = await operations.users.update({ id, password: NEW, removeTotp: false }, test.call)
    expect(changed).toMatchObject({ name: 'kim', ended: { sessions: 2, tokens: 2 } })
    expect(await isIn('session', sessions)).toEqual([false, false])
    expect(await isIn('token', [...tokens, other.secret])).toEqual([false, false, true])
  })

  it('is what ends tokens: whatever else of a user is changed leaves them', async () => {
    const { operations } = test.appliance
    const changed = await operations.users.update({ id, role: 'viewer', removeTotp: true }, test.call)
    expect(changed.ended).toEqual({ sessions: 2, tokens: 0 })
    expect(await isIn('token', tokens)).toEqual([true, true])
  })

  it('of one’s own ends the other sessions, and the tokens where they are not to be kept', async () => {
    const { account } = test.appliance.operations
    const kept = await account.changePassword({ current: OLD, next: NEW, revokeTokens: false }, kim)
    expect(kept).toEqual({ ended: { sessions: 1, tokens: 0 } })
    expect([await isIn('session', sessions), await isIn('token', tokens)]).toEqual([
      [true, false],
      [true, true],
    ])
    const ended = await account.changePassword({ current: NEW, next: OLD, revokeTokens: true }, kim)
    expect(ended).toEqual({ ended: { sessions: 0, tokens: 2 } })
    expect([await isIn('session', sessions), await isIn('token', tokens)]).toEqual([
      [true, false],
      [false, false],
    ])
  })

  it('leaves whoever gave the old one signed in, by a token too', async () => {
    const { account } = test.appliance.operations
    const call = await as('token', tokens[1])
    const { ended } = await account.changePassword({ current: OLD, next: NEW, revokeTokens: true }, call)
    expect(ended).toEqual({ sessions: 2, tokens: 1 })
    expect(await isIn('token', tokens)).toEqual([false, true])
  })

  it('that an administrator sets is not undone by one that was on its way, nor by a token', async () => {
    const { account, users, tokens: made } = test.appliance.operations
    const own = account.changePassword({ current: OLD, next: 'what a thief would set', revokeTokens: false }, kim)
    const [thief] = await Promise.allSettled([own, users.update({ id, password: NEW, removeTotp: false }, test.call)])
    // Whichever of the two was first: the administrator's counts in the end.
    if (thief.status === 'rejected') expect(thief.reason).toMatchObject({ code: 'identity/refused' })
    expect(await signIn(NEW)).toContain('hfs_')
    await expect(made.create({ name: 'late', access: ['view'], days: null }, kim)).rejects.toMatchObject({
      code: 'identity/refused',
    })
    expect((await made.list(undefined, test.call)).items).toEqual([])
  })

  it('is in the audit with how many sessions and tokens it ended', async () => {
    await using opened = await open()
    const { headers } = opened
    const own = await opened.send({
      method: 'POST',
      path: '/api/v1/account/password',
      headers: headers(sessions[0]),
      body: JSON.stringify({ current: OLD, next: NEW }),
    })
    // By default they end.
    expect([own.status, own.body]).toEqual([200, { ended: { sessions: 1, tokens: 2 } }])
    const reset = await opened.send({
      method: 'PATCH',
      path: `/api/v1/users/${id}`,
      headers: headers(opened.administrator),
      body: JSON.stringify({ password: OLD }),
    })
    expect([reset.status, reset.body]).toMatchObject([200, { ended: { sessions: 1, tokens: 0 } }])
    const { items } = await test.appliance.operations.audit.list({ limit: 10 }, test.call)
    const told = items.map(({ operation, outcome, details }) => ({ operation, outcome, details }))
    expect(told).toContainEqual({
      operation: 'account.changePassword',
      outcome: 'done',
      details: { current: '[removed]', next: '[removed]', ended: { sessions: 1, tokens: 2 } },
    })
    expect(told).toContainEqual({
      operation: 'users.update',
      outcome: 'done',
      details: { id, password: '[removed]', ended: { sessions: 1, tokens: 0 } },
    })
  })

  async function open(): Promise<TestDoor & AsyncDisposable & { headers: HeadersOf; administrator: string }> {
    const door = await openTestDoor({ appliance: test.appliance })
    const { token, secret } = await test.appliance.operations.tokens.create(
      { name: 'door', access: ['administer'], days: 1 },
      test.call,
    )
    expect(token.access).toEqual(['administer'])
    return {
      ...door,
      administrator: secret,
      headers: (given = '') =>
        given.startsWith('hft_')
          ? { authorization: `Bearer ${given}` }
          : { cookie: `holdfast_session=${given}`, origin: `http://localhost:${door.door.port}` },
      [Symbol.asyncDispose]: () => door.door.close({ within: 100 }),
    }
  }
})

type HeadersOf = (secret: string | undefined) => Record<string, string>
