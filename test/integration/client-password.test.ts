import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Ended, runHoldfast } from '../support/holdfast.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'

const FIRST = 'the first password of kim'
const SECOND = 'the second password of kim'

describe('a new password by the command line', () => {
  let scene: ServiceScene
  const at = (name: string): string => join(scene.folder, name)
  /** As kim, on one of two computers. */
  const kim = (home: string, ...args: string[]): Promise<Ended> =>
    runHoldfast(args, { env: { ...scene.env, HOME: at(home) } })
  const login = (home: string): Promise<Ended> =>
    kim(home, 'login', scene.service.url, '--name', 'kim', '--password-file', at('now'))

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    writeFileSync(at('now'), `${FIRST}\n`)
    writeFileSync(at('new'), `${SECOND}\n`)
    await scene.json(['user', 'add', 'kim', '--role', 'viewer', '--password-file', at('now')])
    for (const home of ['desk', 'laptop']) expect((await login(home)).code).toBe(0)
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  const change = (now: string, next: string, ...more: string[]): Promise<Ended> =>
    kim('desk', 'password', '--password-file', at(now), '--new-password-file', at(next), ...more)

  it('takes no wrong one for the old one, and says whose is meant', async () => {
    expect(await change('new', 'new')).toMatchObject({
      code: 12,
      stderr: expect.stringContaining('not the password that you sign in with') as unknown,
    })
  })

  it('keeps tokens where that is asked for, and ends them otherwise: all but that of this computer', async () => {
    expect(await change('now', 'new', '--keep-tokens')).toMatchObject({
      code: 0,
      stdout: 'Changed your password.\nEnded: 0 sessions, 0 API tokens.\n',
    })
    expect((await kim('laptop', 'status')).code).toBe(3)
    expect(await change('new', 'now')).toMatchObject({
      code: 0,
      stdout: 'Changed your password.\nEnded: 0 sessions, 1 API token.\n',
    })
    expect((await kim('laptop', 'status')).code).toBe(12)
    expect((await kim('desk', 'status')).code).toBe(3)
  })

  it('that an administrator sets ends those of every computer', async () => {
    expect(await scene.call('user', 'edit', 'kim', '--password-file', at('new'))).toMatchObject({
      code: 0,
      stdout: 'Changed the user kim (viewer).\nEnded: 0 sessions, 1 API token.\n',
    })
    expect((await kim('desk', 'status')).code).toBe(12)
  })
})
