import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Policy } from '../../core/contract/index.ts'
import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { PASSWORD, type ServiceScene, startScene } from '../support/service-scene.ts'
import { runAtTerminal } from '../support/terminal.ts'

describe('what goes wrong between holdfast and its service', () => {
  let scene: ServiceScene
  const nobody = (): Record<string, string | undefined> => ({ ...scene.env, HOME: join(scene.folder, 'nobody') })

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  /** What a command fails with, told as JSON. */
  async function failure(args: readonly string[], env: Record<string, string | undefined> = scene.env) {
    const { code, stderr } = await runHoldfast([...args, '--json'], { env })
    return { ...jsonLines(stderr).at(-1), ended: code }
  }

  it('says how to sign in where nobody is signed in', async () => {
    expect(await failure(['status', '--url', scene.service.url], nobody())).toMatchObject({
      ended: 12,
      error: 'identity/refused',
      remedy: `Sign in: holdfast login ${scene.service.url}`,
    })
  })

  it('says so where there is no service, and how there would be one', async () => {
    const env = { ...scene.env, HOLDFAST_URL: 'http://localhost:1', HOLDFAST_TOKEN_FILE: tokenFile('hft_x') }
    expect(await failure(['status'], env)).toMatchObject({
      ended: 1,
      error: 'service/unavailable',
      message: expect.stringContaining('http://localhost:1 cannot be reached') as unknown,
      remedy: expect.stringContaining('holdfast serve') as unknown,
    })
  })

  it('says so where somebody else answers', async () => {
    const other = createServer((_request, response) => response.end('<html>a console of something else</html>'))
    const url = await listen(other)
    expect(
      await failure(['status'], { ...scene.env, HOLDFAST_URL: url, HOLDFAST_TOKEN_FILE: tokenFile('hft_x') }),
    ).toMatchObject({
      ended: 1,
      error: 'service/unavailable',
    })
    other.close()
  })

  it('signs nobody in with a wrong password, whether it is in a file or typed in', async () => {
    const wrong = join(scene.folder, 'wrong')
    writeFileSync(wrong, 'something else\n')
    const args = ['login', scene.service.url, '--name', 'admin']
    expect(await failure([...args, '--password-file', wrong], nobody())).toMatchObject({
      ended: 12,
      error: 'identity/refused',
    })
    const piped = await runHoldfast(args, { env: nobody(), stdin: 'something else\n' })
    expect([piped.code, piped.stderr]).toEqual([12, expect.stringContaining('The name or the password is wrong.')])
    expect(await runHoldfast(['status', '--url', scene.service.url], { env: nobody() })).toMatchObject({ code: 12 })
  })

  it('asks for name and password at a terminal, and does not show the password', async () => {
    const env = { HOME: join(scene.folder, 'somebody') }
    const { code, shown } = await runAtTerminal(['login', scene.service.url], ['admin', PASSWORD], env)
    expect([code, shown]).toEqual([0, expect.stringContaining('Signed in to')])
    expect(shown).not.toContain(PASSWORD)
  })

  it('never takes a token or a password from its arguments', async () => {
    for (const args of [
      ['status', '--token', 'hft_x'],
      ['login', '--password', 'x'],
    ])
      expect(await failure(args)).toMatchObject({
        ended: 1,
        error: 'input/invalid',
        message: expect.stringContaining('nknown option') as unknown,
      })
  })

  it('tells what there is where a name is unknown', async () => {
    expect(await failure(['set', 'show', 'home'])).toMatchObject({
      ended: 1,
      error: 'object/not-found',
      message: 'There is no backup set called "home". There is no backup set yet.',
    })
    await scene.json(['policy', 'add', 'nightly', '--daily', '22:00'])
    expect(await failure(['policy', 'show', 'weekly'])).toMatchObject({
      message: expect.stringMatching(/^There is no policy called "weekly"\. There are: nightly \(/) as unknown,
      remedy: expect.stringContaining('holdfast policy list') as unknown,
    })
  })

  it('lists all that a beginning of an id may mean, and takes a name first', async () => {
    const one = await scene.one<Policy>(['policy', 'add', 'one'], 'policy')
    const two = await scene.one<Policy>(['policy', 'add', 'two'], 'policy')
    let shared = 0
    while (one.id[shared] === two.id[shared]) shared++
    const beginning = one.id.slice(0, Math.max(4, shared))
    expect(await failure(['policy', 'remove', beginning])).toMatchObject({
      ended: 1,
      error: 'input/invalid',
      message: expect.stringMatching(/may be more than one policy: .*one .*two /) as unknown,
      context: { [`candidates.${one.id}`]: 'one', [`candidates.${two.id}`]: 'two' },
    })
    await scene.json(['policy', 'add', beginning])
    expect(await scene.json(['policy', 'remove', beginning])).toMatchObject([{ name: beginning }])
    expect(await scene.json(['policy', 'remove', two.id.slice(0, shared + 1)])).toMatchObject([{ name: 'two' }])
  })

  it('names the field that the service refuses', async () => {
    const failed = await failure(['settings', 'mostRuns', '999'])
    expect(failed).toMatchObject({
      ended: 1,
      error: 'input/invalid',
      context: { 'fields.mostRuns': expect.any(String) as unknown },
    })
    expect(await failure(['vault', 'add', 'here', 'not/whole'])).toMatchObject({
      message: expect.stringContaining('Give a whole path') as unknown,
    })
  })

  it('refuses what contradicts itself before it asks anybody', async () => {
    expect(await failure(['policy', 'add', 'x', '--between', '08:00-18:00'])).toMatchObject({
      ended: 1,
      error: 'input/invalid',
    })
    expect(await failure(['restore', 'latest'])).toMatchObject({ message: 'Nobody said where to restore to.' })
    expect(await failure(['user', 'edit', 'admin'])).toMatchObject({ message: 'Nobody said what to change.' })
  })

  it('sends no password over a network that everybody reads', async () => {
    expect(await failure(['login', 'http://nas.example:8420', '--name', 'x'], nobody())).toMatchObject({
      ended: 1,
      error: 'input/invalid',
      safety: 'Nothing was sent.',
      remedy: expect.stringContaining('https://nas.example:8420') as unknown,
    })
  })

  it('sends the token of one service to no other', async () => {
    const seen: (string | undefined)[] = []
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization)
      response.end('{}')
    })
    const url = await listen(other)
    expect(await failure(['status', '--url', url])).toMatchObject({ ended: 12, error: 'identity/refused' })
    expect(seen).toEqual([])
    other.close()
  })

  it('uses no logins that others may read', async () => {
    const file = join(scene.folder, 'home', '.config', 'holdfast', 'logins.json')
    chmodSync(file, 0o644)
    expect(await failure(['status'])).toMatchObject({ ended: 1, error: 'input/invalid', safety: 'Nothing was sent.' })
    chmodSync(file, 0o600)
  })

  it('keeps a token that could not be revoked, until it is told that the service is gone', async () => {
    const { url } = scene.service
    await scene.service.stop()
    expect(await failure(['logout'])).toMatchObject({ ended: 1, remedy: expect.stringContaining('--local') as unknown })
    expect((await scene.call('logout', '--local')).stdout).toContain('valid until somebody revokes it')
    expect(await failure(['status', '--url', url])).toMatchObject({ ended: 12 })
  })

  function tokenFile(token: string): string {
    const path = join(scene.folder, 'some-token')
    writeFileSync(path, `${token}\n`)
    return path
  }
})

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}
