import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runHoldfast } from '../support/holdfast.ts'
import { type ServiceScene, startScene, serveOn } from '../support/service-scene.ts'
import { runAtTerminal } from '../support/terminal.ts'
import { selfSigned } from '../support/trusted-certificate.ts'

// Each test goes on where the one before it ended.
describe('a service that has signed its own certificate', () => {
  let scene: ServiceScene
  let url: string
  let fingerprint: string
  const as = (home: string) => ({ ...scene.env, HOME: join(scene.folder, home) })
  const args = (...more: string[]): string[] => [
    'login',
    url,
    '--name',
    'admin',
    '--password-file',
    scene.passwordFile,
    ...more,
  ]

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    await scene.json(['settings', 'listen.hosts', 'nas.example'])
    await scene.json(['settings', 'listen.reach', 'network'])
    await scene.restart()
    url = `https://localhost:${new URL(scene.service.url).port}`
    fingerprint = scene.service.fingerprint ?? ''
    expect(fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('is not trusted unseen: its fingerprint is told, and no password is sent', async () => {
    const { code, stderr } = await runHoldfast(args(), { env: as('a') })
    expect([code, stderr]).toEqual([12, expect.stringContaining(fingerprint)])
    expect(stderr).toContain('Nothing was sent')
    const wrong = await runHoldfast(
      args('--fingerprint', fingerprint.replace(/^../, fingerprint.startsWith('00') ? '01' : '00')),
      { env: as('a') },
    )
    expect([wrong.code, wrong.stderr]).toEqual([12, expect.stringContaining('Somebody may be in between')])
  })

  it('is trusted by its fingerprint, and from then on', async () => {
    const bare = fingerprint.replaceAll(':', '').toLowerCase()
    expect(await runHoldfast(args('--fingerprint', bare), { env: as('a') })).toMatchObject({ code: 0 })
    expect(await runHoldfast(['status'], { env: as('a') })).toMatchObject({
      code: 3,
      stdout: expect.stringContaining(url) as unknown,
    })
    // Whoever is trusted already is not asked about again.
    expect(await runHoldfast(args(), { env: as('a') })).toMatchObject({ code: 0, stderr: '' })
  })

  it('is trusted when somebody at a terminal says yes, and not when he says something else', async () => {
    const typed = { HOME: join(scene.folder, 'b') }
    expect(await runAtTerminal(args(), ['no'], typed)).toMatchObject({ code: 12 })
    expect(await runAtTerminal(args(), ['yes'], typed)).toMatchObject({
      code: 0,
      shown: expect.stringContaining(fingerprint) as unknown,
    })
  })

  it('is trusted by a file with its authority', async () => {
    const file = join(scene.folder, 'ca.pem')
    const logins = JSON.parse(readFileSync(join(scene.folder, 'a', '.config', 'holdfast', 'logins.json'), 'utf8')) as {
      readonly logins: Record<string, { readonly pinned: string }>
    }
    writeFileSync(file, logins.logins[url]?.pinned ?? '')
    expect(await runHoldfast(args('--ca-file', file), { env: as('c') })).toMatchObject({ code: 0, stderr: '' })
    expect(await runHoldfast(['status'], { env: as('c') })).toMatchObject({ code: 3 })
    writeFileSync(file, 'no certificate')
    expect(await runHoldfast(['status', '--ca-file', file], { env: as('c') })).toMatchObject({ code: 1 })
  })

  it('is not spoken to without TLS, and the error says what to try', async () => {
    const plain = url.replace('https:', 'http:')
    const { code, stderr } = await runHoldfast(['login', plain, '--name', 'x'], { env: as('d'), stdin: 'x\n' })
    expect([code, stderr]).toEqual([1, expect.stringContaining(`try ${url}`)])
  })

  it('cannot be taken for another one that shows a forged certificate: nothing is sent to that', async () => {
    const port = Number(new URL(url).port)
    await scene.service.stop()
    using forged = await selfSigned('localhost')
    const requests: string[] = []
    const other = createServer(
      { cert: readFileSync(forged.certificate), key: readFileSync(forged.key) },
      (request, response) => {
        requests.push(`${request.url} ${request.headers.authorization}`)
        response.end('{}')
      },
    )
    await listen(other, port)
    for (const home of ['a', 'c']) {
      const { code, stderr } = await runHoldfast(['status'], { env: as(home) })
      expect([home, code, stderr]).toEqual([home, 12, expect.stringContaining('no token')])
    }
    expect((await runHoldfast(['status'], { env: as('a') })).stderr).toContain('another certificate than the one')
    const again = await runHoldfast(args(), { env: as('a') })
    expect([again.code, again.stderr]).toEqual([12, expect.stringContaining('is not trusted')])
    expect(requests).toEqual([])
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
    const service = await serveOn(join(scene.folder, 'data'), port)
    expect(await runHoldfast(['status'], { env: as('a') })).toMatchObject({ code: 3 })
    await service.stop()
  })
})

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => void server.listen(port, resolve))
}
