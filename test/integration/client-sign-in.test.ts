import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { MadeTotp } from '../../core/identity/index.ts'
import { type Ended, jsonLines, runHoldfast } from '../support/holdfast.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'
import { runAtTerminal } from '../support/terminal.ts'

const PASSWORD_OF_KIM = 'a long password of kim'

describe('signing in with a second factor', () => {
  let scene: ServiceScene
  let totp: TOTP
  const home = (): string => join(scene.folder, 'kim')
  const passwordFile = (): string => join(scene.folder, 'password-of-kim')
  const login = (...more: string[]): Promise<Ended> =>
    runHoldfast(['login', scene.service.url, '--name', 'kim', '--password-file', passwordFile(), ...more], {
      env: { ...scene.env, HOME: home() },
    })
  const atTerminal = (digits: string) =>
    runAtTerminal(['login', scene.service.url, '--name', 'kim'], [PASSWORD_OF_KIM, digits], { HOME: home() })
  const isSignedIn = (): boolean => existsSync(join(home(), '.config', 'holdfast', 'logins.json'))

  /** As kim, in the console. */
  async function setUp(): Promise<TOTP> {
    const { url } = scene.service
    let cookie = ''
    async function post(path: string, body: object): Promise<unknown> {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method: 'POST',
        headers: { origin: url, 'content-type': 'application/json', ...(cookie !== '' && { cookie }) },
        body: JSON.stringify(body),
      })
      cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
      expect([path, answer.status]).toEqual([path, 200])
      return answer.json()
    }
    await post('/session', { name: 'kim', password: PASSWORD_OF_KIM })
    const { secret } = (await post('/account/totp', { password: PASSWORD_OF_KIM })) as MadeTotp
    const made = new TOTP({ secret: Secret.fromBase32(secret) })
    await post('/account/totp/confirm', { totp: made.generate() })
    return made
  }

  /** Each code is taken once, and the one of the next half minute is taken already. */
  const nextCode = (): string => totp.generate({ timestamp: Date.now() + 30_000 })
  const wrongCode = (): string => {
    const right = new Set([-60, -30, 0, 30, 60].map((ahead) => totp.generate({ timestamp: Date.now() + ahead * 1000 })))
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.has(code)) ?? ''
  }

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    writeFileSync(passwordFile(), `${PASSWORD_OF_KIM}\n`)
    await scene.json(['user', 'add', 'kim', '--role', 'viewer', '--password-file', passwordFile()])
    totp = await setUp()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('says how to give it where nobody is there to be asked', async () => {
    const told = await login()
    expect([told.code, told.stdout, isSignedIn()]).toEqual([12, '', false])
    expect(told.stderr).toBe(
      'kim signs in with a second factor, and it is missing.\nNobody was signed in.\n' +
        'Give the six digits that your authenticator shows with --totp, or sign in at a terminal, where they are asked for.\n',
    )
    expect(jsonLines((await login('--json')).stderr)).toMatchObject([
      { message_type: 'exit_error', code: 12, error: 'identity/totp-needed', safety: 'Nobody was signed in.' },
    ])
  })

  it('lets nobody in with a wrong one', async () => {
    const told = await login('--totp', wrongCode())
    expect([told.code, told.stderr, isSignedIn()]).toEqual([
      12,
      expect.stringMatching(
        /^The second factor is wrong, or was used already\.\nNothing was changed\.\nWait for the next/,
      ),
      false,
    ])
    const { code, shown } = await atTerminal(wrongCode())
    expect([code, shown, isSignedIn()]).toEqual([12, expect.stringContaining('The second factor is wrong'), false])
  })

  it('says what it is where something else was given, before anything is sent', async () => {
    expect(jsonLines((await login('--totp', '12345', '--json')).stderr)).toMatchObject([
      { code: 1, error: 'input/invalid', safety: 'Nobody was signed in.' },
    ])
    const { code, shown } = await atTerminal('')
    expect([code, shown]).toEqual([1, expect.stringContaining('The second factor is six digits')])
    expect(isSignedIn()).toBe(false)
  })

  it('asks for it at a terminal, after the password, and takes it in two halves as it is shown', async () => {
    const digits = nextCode()
    const { code, shown } = await atTerminal(`${digits.slice(0, 3)} ${digits.slice(3)}`)
    expect([code, shown]).toEqual([0, expect.stringContaining('as kim (viewer)')])
    expect(shown.indexOf('Password: ')).toBeLessThan(shown.indexOf('Six digits of the second factor: '))
    expect(shown).not.toContain(PASSWORD_OF_KIM)
    const kept = readFileSync(join(home(), '.config', 'holdfast', 'logins.json'), 'utf8')
    expect(kept).toContain('hft_')
    expect(kept).not.toContain(PASSWORD_OF_KIM)
    // It was used: who looked over the shoulder gets no further with it.
    expect(await login('--totp', digits)).toMatchObject({ code: 12 })
    expect(await runHoldfast(['runs'], { env: { ...scene.env, HOME: home() } })).toMatchObject({ code: 0 })
  })

  it('takes it from --totp, and wants none any more once an administrator has removed it', async () => {
    expect(await scene.one<{ hasTotp: boolean }>(['user', 'edit', 'kim', '--remove-totp'], 'user')).toMatchObject({
      hasTotp: false,
    })
    expect(await login()).toMatchObject({ code: 0, stderr: '' })
    totp = await setUp()
    const told = await login('--totp', nextCode(), '--json')
    expect([told.code, told.stderr]).toEqual([0, ''])
    expect(jsonLines(told.stdout)).toMatchObject([{ message_type: 'login', user: 'kim', role: 'viewer' }])
    expect(told.stdout).not.toContain('hft_')
  })
})
