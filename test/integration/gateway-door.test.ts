import { mkdtemp, rm } from 'node:fs/promises'
import { request, type RequestOptions } from 'node:https'
import { createServer, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { checkServerIdentity, connect as connectTls } from 'node:tls'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CoreError, systemClock } from '../../core/base/index.ts'
import { ownCertificate } from '../../core/gateway/index.ts'
import { openTestDoor, type TestDoor } from '../support/door.ts'
import { createRecordingAppliance, type RecordingAppliance } from '../support/recording-appliance.ts'

/** So long that a test which waits for it is seen to. Milliseconds. */
const FOR_EVER = 3_600_000

function networked(): RecordingAppliance {
  const appliance = createRecordingAppliance()
  return Object.assign(appliance, { listen: { reach: 'network', hosts: ['nas-01.example', '192.0.2.7'] } } as const)
}

async function connected(at: TestDoor): Promise<Socket> {
  const socket = connect(at.door.port, '127.0.0.1')
  socket.on('error', () => undefined).resume()
  await new Promise((resolve) => void socket.once('connect', resolve))
  return socket
}

describe('the console door', () => {
  it('is not opened to the network without a certificate', async () => {
    const refusal: unknown = await openTestDoor({ appliance: networked() }).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(CoreError)
    expect(refusal).toMatchObject({ code: 'input/invalid', safety: 'Nothing was opened.' })
  })

  it('is not opened where another program has the port, by either address', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const other = createServer()
      const isThere = await new Promise<boolean>((resolve) => {
        other.once('error', () => resolve(false))
        other.listen(0, host, () => resolve(true))
      })
      // A computer without IPv6 has no second address.
      if (!isThere) continue
      const address = other.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      await expect(openTestDoor({ port })).rejects.toMatchObject({ code: 'service/unavailable' })
      await new Promise((resolve) => void other.close(resolve))
    }
  })

  describe('that closes', () => {
    it('keeps the audit short where somebody who is not signed in tries again and again', async () => {
      const appliance = createRecordingAppliance()
      const warned: string[] = []
      const log = { error: () => undefined, warn: (_facts: object, message: string) => warned.push(message) }
      const at = await openTestDoor({ appliance, mostStrangers: 5, log })
      try {
        const attempt = (headers = {}) =>
          at.send({
            method: 'POST',
            path: '/api/v1/vaults',
            headers: { 'content-type': 'application/json', ...headers },
            body: '{"name":"x"}',
          })
        for (let turn = 0; turn < 20; turn++) expect((await attempt()).status).toBe(401)
        expect(appliance.audit).toHaveLength(5)
        for (const { input } of appliance.audit) expect(input).toEqual({})
        expect(warned).toHaveLength(1)
        // Of somebody who is known nothing is left out.
        expect((await attempt(at.as('viewer'))).status).toBe(403)
        expect(appliance.audit.at(-1)).toMatchObject({ actor: 'viewer', outcome: 'refused', input: { name: 'x' } })
      } finally {
        await at.door.close({ within: 1000 })
      }
    })

    it('waits for nobody who says nothing, and for no connection that is kept for later', async () => {
      const at = await openTestDoor()
      const silent = await connected(at)
      const halfway = await connected(at)
      halfway.write('GET /healthz HTTP/1.1\r\n')
      const kept = await connected(at)
      const answered = new Promise((resolve) => void kept.once('data', resolve))
      kept.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${at.door.port}\r\n\r\n`)
      await answered
      const ended = [silent, halfway, kept].map(
        (socket) => new Promise((resolve) => void socket.once('close', resolve)),
      )
      await at.door.close({ within: FOR_EVER })
      await Promise.all(ended)
    })

    it('waits for an answer that is on its way, and no longer than for that', async () => {
      const appliance = createRecordingAppliance()
      const at = await openTestDoor({ appliance })
      const done = Promise.withResolvers<unknown>()
      appliance.answer = () => done.promise
      const socket = await connected(at)
      let text = ''
      socket.on('data', (piece: Buffer) => (text += piece.toString()))
      socket.write(
        `DELETE /api/v1/session HTTP/1.1\r\nHost: localhost:${at.door.port}\r\nAuthorization: Bearer viewer\r\n\r\n`,
      )
      while (appliance.reached.length === 0) await wait(5)
      const heard = new Promise((resolve) => void socket.once('close', resolve))
      const closed = at.door.close({ within: FOR_EVER })
      done.resolve({})
      await closed
      await heard
      expect(text).toMatch(/^HTTP\/1\.1 200 [^]*\{\}\r\n0\r\n\r\n$/)
    })

    it('ends what does not end in time', async () => {
      const appliance = createRecordingAppliance()
      const at = await openTestDoor({ appliance })
      appliance.answer = () => new Promise(() => undefined)
      const sent = at.send({ method: 'DELETE', path: '/api/v1/session', headers: at.as('viewer') })
      const broken = expect(sent).rejects.toThrow()
      while (appliance.reached.length === 0) await wait(5)
      await at.door.close({ within: 50 })
      await broken
    })
  })

  describe('under TLS', () => {
    let folder: string
    let at: TestDoor
    let ca: string

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'door-'))
      const appliance = networked()
      const tls = await ownCertificate({ folder, hosts: appliance.listen.hosts, clock: systemClock })
      ca = tls.cert
      at = await openTestDoor({ appliance, tls })
    })
    afterAll(async () => {
      await at.door.close({ within: 100 })
      await rm(folder, { recursive: true })
    })

    function get(
      path: string,
      { host = 'localhost', ...options }: RequestOptions = {},
    ): Promise<{ text: string; headers: NodeJS.Dict<string | string[]> }> {
      return new Promise((resolve, reject) => {
        const { port } = at.door
        const given = {
          host: '127.0.0.1',
          port,
          path,
          ca,
          agent: false,
          ...options,
          headers: { host: `${host}:${port}` },
        }
        request(given, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
          response.on('end', () => resolve({ text, headers: response.headers }))
        })
          .on('error', reject)
          .end()
      })
    }

    const shake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> =>
      new Promise((resolve) => {
        const socket = connectTls(
          {
            host: '127.0.0.1',
            port: at.door.port,
            ca,
            minVersion: version,
            maxVersion: version,
            // OpenSSL 3 itself would not offer 1.1 otherwise, and nothing would be proved of this door.
            ciphers: 'DEFAULT@SECLEVEL=0',
          },
          () => {
            resolve(socket.getProtocol() ?? '')
            socket.destroy()
          },
        )
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      })

    it('speaks TLS 1.2 and 1.3, and refuses 1.1', async () => {
      expect([await shake('TLSv1.2'), await shake('TLSv1.3')]).toEqual(['TLSv1.2', 'TLSv1.3'])
      expect(await shake('TLSv1.1')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    })

    it.each(['localhost', 'nas-01.example', '192.0.2.7', '127.0.0.1'])('proves to be %s', async (name) => {
      const isIp = /^\d/.test(name)
      const answer = await get('/healthz', {
        ...(isIp
          ? { checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate) }
          : { servername: name }),
        host: name,
      })
      expect(answer.text).toBe('ok\n')
    })

    it('does not prove to be somebody else', async () => {
      await expect(get('/healthz', { servername: 'evil.example' })).rejects.toThrow(/evil\.example/)
    })

    it('names the cookie as browsers guard it, in the document of its API, too', async () => {
      const { text, headers } = await get('/api/v1/openapi.json')
      expect(JSON.parse(text)).toMatchObject({
        components: { securitySchemes: { session: { name: '__Host-holdfast_session' } } },
      })
      expect(headers['strict-transport-security']).toContain('max-age=')
    })

    it('closes though somebody has never shaken hands', async () => {
      const other = await openTestDoor({
        appliance: networked(),
        tls: await ownCertificate({ folder, hosts: [], clock: systemClock }),
      })
      const silent = connect(other.door.port, '127.0.0.1').on('error', () => undefined)
      await new Promise((resolve) => void silent.once('connect', resolve))
      await other.door.close({ within: FOR_EVER })
      silent.destroy()
    })
  })
})
