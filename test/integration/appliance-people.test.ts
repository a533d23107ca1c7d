import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Call, Caller } from '../../core/appliance/index.ts'
import { type Clock, systemClock } from '../../core/base/index.ts'
import { SETTING_DEFAULTS } from '../../core/contract/index.ts'
import { ADMIN_PASSWORD, protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'

// Not below the system's temporary folder: where that is a folder of the system, nobody but an administrator may use it.
const PLACE = join(homedir() === '/root' ? '/srv' : homedir(), 'holdfast-test-')

describe('people of an appliance', () => {
  let root: string
  let test: TestAppliance
  let pointId: string

  beforeAll(async () => {
    await mkdir(join(PLACE, '..'), { recursive: true })
    root = await mkdtemp(PLACE)
    await mkdir(join(root, 'home', 'anna'), { recursive: true })
    await mkdir(join(root, 'home', 'bert'), { recursive: true })
    await mkdir(join(root, 'restored'))
    await writeFile(join(root, 'home', 'anna', 'hers.txt'), 'hers\n')
    await writeFile(join(root, 'home', 'bert', 'his.txt'), 'his\n')
    test = await startAppliance(root)
    const { operations } = test.appliance
    const { set } = await protectFolder(test, join(root, 'home'))
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    pointId = (await operations.points.list({ limit: 1 }, test.call)).items[0]?.id ?? ''
  })

  afterAll(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const anybody: Call = { caller: undefined, address: '10.0.0.1', setSession: () => undefined }

  async function signIn(name: string, password: string, totp?: string): Promise<Caller | undefined> {
    let secret = ''
    await test.appliance.operations.session.signIn(
      { name, password, totp },
      { ...anybody, setSession: (session) => (secret = session?.secret ?? '') },
    )
    return test.appliance.authenticate(secret, 'session', '10.0.0.1')
  }

  async function anna(restoreRoots = [join(root, 'restored')]): Promise<Call> {
    const name = `anna${Math.random().toString(36).slice(2, 8)}`
    await test.appliance.operations.users.create(
      {
        name,
        password: 'a password of hers',
        role: 'restore-only',
        sourceRoots: [join(root, 'home', 'anna')],
        restoreRoots,
      },
      test.call,
    )
    return { ...anybody, caller: await signIn(name, 'a password of hers') }
  }

  function restoreTo(path: string, from = join(root, 'home', 'anna')) {
    return {
      pointId,
      paths: [from],
      target: { kind: 'folder' as const, path },
      overwrite: 'if-changed' as const,
      verify: true,
    }
  }

  it('lets a restore-only user bring back what is hers, to where she may', async () => {
    const call = await anna()
    const run = await test.appliance.operations.restores.start(restoreTo(join(root, 'restored')), call)
    expect(await test.ended(run.id)).toMatchObject({ state: 'succeeded', requestedBy: call.caller?.name })
  })

  it.each(['/etc', '/etc/sudoers', '/etc/sudoers.d', '/', '/usr/bin', '/proc/self/root/etc'])(
    'lets nobody but an administrator restore to %s',
    async (path) => {
      const { operations } = test.appliance
      const call = await anna()
      await expect(operations.restores.start(restoreTo(path), call)).rejects.toMatchObject({ code: 'policy/forbidden' })
      await expect(operations.restores.plan(restoreTo(path), call)).rejects.toMatchObject({ code: 'policy/forbidden' })
    },
  )

  it('follows no link out of the folders that somebody may restore to', async () => {
    const { operations } = test.appliance
    const call = await anna()
    await symlink('/etc', join(root, 'restored', 'way-out'))
    await symlink(join(root, 'appliance'), join(root, 'restored', 'data'))
    for (const name of ['way-out', 'way-out/sudoers.d', 'data', '../home']) {
      const path = name.startsWith('..') ? join(root, 'home') : join(root, 'restored', name)
      await expect(operations.restores.start(restoreTo(path), call)).rejects.toMatchObject({ code: 'policy/forbidden' })
    }
    const { items } = await operations.runs.list({ limit: 50, kind: 'restore', phase: 'active' }, test.call)
    expect(items).toEqual([])
  })

  it('restores to where everything was only what may be written there', async () => {
    const { operations } = test.appliance
    const call = await anna()
    const request = { ...restoreTo('/'), target: { kind: 'original' as const } }
    await expect(operations.restores.start(request, call)).rejects.toMatchObject({ code: 'policy/forbidden' })
  })

  it('shows of a recovery point what leads to the folders that somebody may see', async () => {
    const { operations } = test.appliance
    const call = await anna()
    const names = async (path: string): Promise<string[]> =>
      (await operations.points.browse({ id: pointId, path, limit: 50 }, call)).items.map(({ name }) => name)
    expect(await names(join(root, 'home'))).toEqual(['anna'])
    expect(await names(join(root, 'home', 'anna'))).toEqual(['hers.txt'])
    await expect(names(join(root, 'home', 'bert'))).rejects.toMatchObject({ code: 'policy/forbidden' })
    const found = await operations.points.find({ id: pointId, pattern: '*.txt', path: '/', limit: 50 }, call)
    expect(found.items.map(({ name }) => name)).toEqual(['hers.txt'])
    await expect(
      test.appliance.download({ pointId, path: join(root, 'home', 'bert', 'his.txt') }, call),
    ).rejects.toMatchObject({ code: 'policy/forbidden' })
  })

  it('asks for the second factor once it is set up, and takes no code twice', async () => {
    const { operations } = test.appliance
    await operations.users.create(
      { name: 'olga', password: 'operates at night', role: 'operator', sourceRoots: null, restoreRoots: null },
      test.call,
    )
    const call: Call = { ...anybody, caller: await signIn('olga', 'operates at night') }
    const { secret } = await operations.account.beginTotp({ password: 'operates at night' }, call)
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    const code = totp.generate()
    await operations.account.confirmTotp({ totp: code }, call)
    await expect(signIn('olga', 'operates at night')).rejects.toMatchObject({ code: 'identity/totp-needed' })
    await expect(signIn('olga', 'operates at night', code)).rejects.toMatchObject({ code: 'identity/refused' })
    const next = totp.generate({ timestamp: Date.now() + 30_000 })
    expect(await signIn('olga', 'operates at night', next)).toMatchObject({ name: 'olga', role: 'operator' })
  })

  it('makes whoever guesses wait, and tells names that exist from others by nothing', async () => {
    const wrong = (name: string) => signIn(name, 'a wrong password').catch((error: unknown) => error)
    expect(await wrong('nobody-of-that-name')).toMatchObject({ code: 'identity/refused' })
    const errors = []
    for (let attempt = 0; attempt < 8; attempt++) errors.push(await wrong('bertold'))
    expect(errors.at(-1)).toMatchObject({ code: 'service/busy', retryable: true })
    expect(await signIn('admin', ADMIN_PASSWORD)).toMatchObject({ role: 'administrator' })
  })

  it('gives a token no more than its owner has, and takes it back', async () => {
    const { operations } = test.appliance
    const call = await anna()
    await expect(
      operations.tokens.create({ name: 'too much', access: ['operate'], days: 1 }, call),
    ).rejects.toMatchObject({ code: 'input/invalid' })
    const { token, secret } = await operations.tokens.create({ name: 'watch', access: ['view'], days: 1 }, call)
    expect(await test.appliance.authenticate(secret, 'token', '')).toMatchObject({
      access: ['view'],
      by: { kind: 'token' },
    })
    expect(await test.appliance.authenticate(secret, 'session', '')).toBeUndefined()
    // Whoever has stolen it makes no other that outlives it.
    const stolen = { ...call, caller: await test.appliance.authenticate(secret, 'token', '') }
    const more = { name: 'more', access: ['view' as const], days: null }
    await expect(operations.tokens.create(more, stolen)).rejects.toMatchObject({ code: 'identity/refused' })
    await expect(
      operations.tokens.create({ ...more, password: 'not the password of hers' }, stolen),
    ).rejects.toMatchObject({ code: 'identity/refused' })
    const own = await operations.tokens.create({ ...more, password: 'a password of hers' }, stolen)
    await operations.tokens.revoke({ id: own.token.id }, call)
    await operations.tokens.revoke({ id: token.id }, call)
    expect(await test.appliance.authenticate(secret, 'token', '')).toBeUndefined()
  })

  it('gives a token of an administrator that was not given it nothing of the system’s', async () => {
    const { operations } = test.appliance
    const { secret } = await operations.tokens.create(
      { name: 'restores', access: ['restore', 'browse'], days: 1 },
      test.call,
    )
    const call: Call = { ...anybody, caller: await test.appliance.authenticate(secret, 'token', '') }
    expect(call.caller).toMatchObject({ role: 'administrator', access: ['restore', 'browse'] })
    for (const path of ['/etc', '/', join(root, 'appliance')])
      await expect(operations.restores.plan(restoreTo(path), call)).rejects.toMatchObject({ code: 'policy/forbidden' })
    await expect(operations.points.browse({ id: pointId, path: '/etc', limit: 5 }, call)).rejects.toMatchObject({
      code: 'policy/forbidden',
    })
    expect(await operations.restores.plan(restoreTo(join(root, 'restored')), call)).toMatchObject({ files: 1 })
  })

  it('keeps one of two administrators who take the role from each other at once', async () => {
    const { users } = test.appliance.operations
    const admin = test.call.caller?.userId ?? ''
    const second = { name: 'second', password: 'administers as well', role: 'administrator' } as const
    const other = await users.create({ ...second, sourceRoots: null, restoreRoots: null }, test.call)
    const less = { role: 'viewer', restoreRoots: [root], removeTotp: false } as const
    const ends = await Promise.allSettled([
      users.update({ ...less, restoreRoots: [root], id: admin }, test.call),
      users.update({ ...less, restoreRoots: [root], id: other.id }, test.call),
    ])
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const { items } = await users.list(undefined, test.call)
    const [left, ...none] = items.filter(({ role }) => role === 'administrator')
    expect(none).toEqual([])
    // As it was, for the tests behind this one.
    await users.update({ id: admin, role: 'administrator', restoreRoots: null, removeTotp: false }, test.call)
    if (left?.id !== admin) await users.remove({ id: other.id }, test.call)
  })

  it('ends the sessions of a user who is changed, and keeps the last administrator', async () => {
    const { operations } = test.appliance
    const call = await anna()
    const id = call.caller?.userId ?? ''
    await operations.users.update({ id, isEnabled: false, removeTotp: false }, test.call)
    await expect(signIn(call.caller?.name ?? '', 'a password of hers')).rejects.toMatchObject({
      code: 'identity/refused',
    })
    const admin = test.call.caller?.userId ?? ''
    await expect(
      operations.users.update({ id: admin, role: 'viewer', removeTotp: false }, test.call),
    ).rejects.toMatchObject({ code: 'object/conflict' })
  })
})

it('lets nobody in by a session or a token whose time is over, nor a moment later', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-expired-'))
  let ahead = 0
  const clock: Clock = { now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() + ahead }
  try {
    await using test = await startAppliance(root, { clock })
    const { operations } = test.appliance
    let secret = ''
    const call: Call = {
      caller: undefined,
      address: '127.0.0.1',
      setSession: (begun) => void (secret = begun?.secret ?? ''),
    }
    await operations.session.signIn({ name: 'admin', password: ADMIN_PASSWORD }, call)
    const token = await operations.tokens.create({ name: 'a day', access: ['view'], days: 1 }, test.call)
    const isIn = async (kind: 'session' | 'token', given: string) =>
      (await test.appliance.authenticate(given, kind, '')) !== undefined
    // What is left of it is less by the time that the clock went on meanwhile.
    const length = SETTING_DEFAULTS.sessionHours * 60 * 60 * 1000
    // Whoever works stays in; then he goes away.
    ahead += length - 60_000
    expect(await isIn('session', secret)).toBe(true)
    ahead += length - 60_000
    expect(await isIn('session', secret)).toBe(true)
    ahead += length + 1
    expect(await isIn('session', secret)).toBe(false)
    ahead = Date.parse(token.token.expiresAt ?? '') - systemClock.now() - 60_000
    expect(await isIn('token', token.secret)).toBe(true)
    ahead += 61_000
    expect(await isIn('token', token.secret)).toBe(false)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
