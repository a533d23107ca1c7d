import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { changeStorage, openMemoryStorage } from '../../core/storage/index.ts'
import { openVaultDoor } from '../../core/vault-door/index.ts'
import { until } from '../support/until.ts'
import { basic, has, openVaultDoorScene, sha256, type TestAgent } from '../support/vault-door.ts'

const V2 = 'application/vnd.x.restic.rest.v2'
const MIB = 1024 * 1024

/** A connection on which anything may be sent. */
async function open(port: number): Promise<Socket & { readonly told: () => string }> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let told = ''
  socket.on('data', (piece: Buffer) => (told += piece.toString('latin1')))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return Object.assign(socket, { told: () => told })
}

function head(agent: TestAgent, line: string, ...more: readonly string[]): string {
  const { authorization } = basic(agent.name, agent.password)
  return `${[`${line} HTTP/1.1`, 'Host: door', `Authorization: ${authorization}`, ...more].join('\r\n')}\r\n\r\n`
}

describe('a file in the vault', () => {
  it('is read whole, in ranges, or only asked for', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await ada.post('locks', 'a lock')
    const body = Buffer.from(Array.from({ length: 5 * MIB }, (_, at) => (at * 7919) >> 5))
    const { name } = await ada.post('data', body)
    const whole = await ada.ask('GET', `/data/${name}`)
    expect(whole.status).toBe(200)
    expect(Buffer.compare(whole.body, body)).toBe(0)
    const told = await ada.ask('HEAD', `/data/${name}`)
    expect([told.status, told.headers['content-length']]).toEqual([200, String(5 * MIB)])
    const part = await ada.ask('GET', `/data/${name}`, { headers: { range: `bytes=100-${3 * MIB}` } })
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 100-${3 * MIB}/${5 * MIB}`])
    expect(Buffer.compare(part.body, body.subarray(100, 3 * MIB + 1))).toBe(0)
    const behind = await ada.ask('GET', `/data/${name}`, { headers: { range: `bytes=${5 * MIB}-` } })
    expect([behind.status, behind.headers['content-range']]).toEqual([416, `bytes */${5 * MIB}`])
  })

  it('may be empty', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const { status, name } = await ada.post('keys', '')
    expect(status).toBe(200)
    expect(await ada.ask('GET', `/keys/${name}`)).toMatchObject({ status: 200, text: '' })
  })

  it.each(['HEAD', 'GET', 'DELETE'])('that is not there is answered with 404: %s', async (method) => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    for (const at of ['/config', `/data/${'0'.repeat(64)}`, `/locks/${'0'.repeat(64)}`])
      if (method !== 'DELETE' || at !== '/config') expect((await ada.ask(method, at)).status).toBe(404)
    expect(scene.logged).toEqual([])
  })

  it('that cannot be read to its end is cut off, and not taken for the whole', async () => {
    const memory = openMemoryStorage()
    const storage = changeStorage(memory, {
      load: (handle, options) => {
        if ((options?.offset ?? 0) >= 2 * MIB)
          throw new CoreError('storage/unreachable', 'The disk in /vaults/x is gone')
        return memory.load(handle, options)
      },
    })
    const scene = await openVaultDoorScene({ storage })
    const ada = scene.addAgent('ada')
    await ada.post('locks', 'a lock')
    const { name } = await ada.post('data', Buffer.alloc(5 * MIB))
    await expect(ada.ask('GET', `/data/${name}`)).rejects.toThrow()
    expect(scene.logged.join()).toContain('/vaults/x')
  })

  it('is told of without a word of where the vault lies', async () => {
    const storage = changeStorage(openMemoryStorage(), {
      stat: () => Promise.reject(new CoreError('storage/unreachable', 'The disk in /vaults/x is gone')),
    })
    const scene = await openVaultDoorScene({ storage })
    const ada = scene.addAgent('ada')
    const answer = await ada.ask('GET', `/data/${'0'.repeat(64)}`)
    expect([answer.status, answer.reason]).toEqual([503, 'The vault cannot be reached at present'])
    expect(answer.text).not.toContain('/vaults')
    expect(scene.logged.join()).toContain('/vaults/x')
  })
})

describe('a list of files', () => {
  it('has sizes where version 2 is asked for, and names alone otherwise', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const names = [(await ada.post('keys', 'one')).name, (await ada.post('keys', 'three')).name]
    const first = await ada.ask('GET', '/keys/')
    expect(first.headers['content-type']).toBe('application/vnd.x.restic.rest.v1')
    expect(JSON.parse(first.text)).toEqual(names)
    const second = await ada.ask('GET', '/keys/', { headers: { accept: V2 } })
    expect(second.headers['content-type']).toBe(V2)
    expect(JSON.parse(second.text)).toEqual([
      { name: names[0], size: 3 },
      { name: names[1], size: 5 },
    ])
    expect((await ada.ask('GET', '/snapshots/', { headers: { accept: V2 } })).text).toBe('[]')
  })

  it('of a million packs is sent as the client takes it, and held by nobody', async () => {
    const most = 1_000_000
    let yielded = 0
    const storage = changeStorage(openMemoryStorage(), {
      async *list() {
        for (; yielded < most; yielded++) yield { name: yielded.toString(16).padStart(64, '0'), size: yielded }
      },
    })
    const scene = await openVaultDoorScene({ storage })
    const ada = scene.addAgent('ada')
    const request = httpRequest({
      host: '127.0.0.1',
      port: scene.port,
      path: '/data/',
      headers: { accept: V2, ...basic('ada', ada.password) },
      agent: false,
    }).end()
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
    // Nobody reads: what is between fills up, and then nothing more is listed.
    let before = -1
    await until(async () => {
      const isStill = before === yielded && yielded > 0
      before = yielded
      return isStill
    })
    expect(yielded).toBeLessThan(most / 5)
    const heap = process.memoryUsage().heapUsed
    let [bytes, mostHeap] = [0, 0]
    let last = ''
    for await (const piece of response) {
      bytes += piece.length
      last = String(piece)
      mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed)
    }
    expect(yielded).toBe(most)
    expect(bytes).toBeGreaterThan(80 * most)
    expect(last.endsWith(`${'f423f'.padStart(64, '0')}","size":999999}]`)).toBe(true)
    expect((mostHeap - heap) / MIB).toBeLessThan(150)
  })

  it('that breaks off is cut off, and not taken for the whole', async () => {
    const storage = changeStorage(openMemoryStorage(), {
      async *list() {
        for (let at = 0; at < 5000; at++) yield { name: at.toString(16).padStart(64, '0'), size: at }
        throw new CoreError('storage/unreachable', 'The disk is gone')
      },
    })
    const scene = await openVaultDoorScene({ storage })
    await expect(scene.addAgent('ada').ask('GET', '/data/')).rejects.toThrow()
  })
})

describe('an upload that breaks off', () => {
  it('leaves nothing, and its memory and quota are given back', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada', { quota: 10 * MIB })
    await ada.post('locks', 'a lock')
    const body = Buffer.alloc(8 * MIB, 1)
    const name = sha256(body)
    for (let tries = 0; tries < 3; tries++) {
      const socket = await open(scene.port)
      socket.write(head(ada, `POST /data/${name}`, `Content-Length: ${body.length}`))
      socket.write(body.subarray(0, 5 * MIB))
      await until(() => socket.writableLength === 0)
      socket.destroy()
    }
    await until(async () => (await ada.ask('POST', `/data/${name}`, { body })).status === 200)
    expect(await has(scene.storage, { kind: 'pack', name })).toBe(true)
    expect(scene.logged).toEqual([])
  })

  it('that stands still, or comes very slowly, is refused', async () => {
    const scene = await openVaultDoorScene({ patience: { stillFor: 200, slowest: 0 } })
    const ada = scene.addAgent('ada')
    const socket = await open(scene.port)
    socket.write(head(ada, `POST /locks/${sha256('a lock')}`, 'Content-Length: 6'))
    socket.write('a lo')
    await until(() => socket.told().includes('408'))
    expect(await has(scene.storage, { kind: 'lock', name: sha256('a lock') })).toBe(false)

    const slow = await openVaultDoorScene({ patience: { stillFor: 1000, slowest: 1000 } })
    const ben = slow.addAgent('ben')
    const drips = await open(slow.port)
    drips.write(head(ben, `POST /locks/${sha256('x'.repeat(60_000))}`, 'Content-Length: 60000'))
    await until(() => {
      drips.write('x')
      return drips.told().includes('408')
    })
  })
})

describe('memory for uploads', () => {
  it('is bounded over all connections: who finds none waits, unread', async () => {
    const scene = await openVaultDoorScene({ mostUploading: 160 * MIB })
    const agents = ['a', 'b', 'c'].map((name) => scene.addAgent(name))
    for (const agent of agents) await agent.post('locks', `lock of ${agent.name}`)
    const body = Buffer.alloc(70 * MIB, 1)
    const sockets = []
    for (const agent of agents) {
      const socket = await open(scene.port)
      socket.write(head(agent, `POST /data/${sha256(body)}`, `Content-Length: ${body.length}`))
      socket.write(body.subarray(0, 69 * MIB))
      sockets.push(socket)
    }
    const [first, second, third] = sockets
    await until(() => first?.writableLength === 0 && second?.writableLength === 0)
    expect(third?.writableLength).toBeGreaterThan(50 * MIB)
    first?.destroy()
    await until(() => third?.writableLength === 0)
  })
})

describe('hostile requests', () => {
  it.each([
    'GET /data/../config',
    'GET /%2e%2e/config',
    'GET //config',
    'GET /data/..%2f..%2fetc%2fpasswd',
    'GET /etc/passwd',
    `GET /data/${'A'.repeat(64)}`,
    'GET http://elsewhere/config',
    'POST /data/',
    'PUT /config',
    'OPTIONS *',
    'TRACE /config',
  ])('get an answer that tells nothing, and change nothing: %s', async (line) => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    await ada.ask('POST', '/config', { body: 'the config' })
    const socket = await open(scene.port)
    socket.write(head(ada, line))
    await until(() => socket.told().includes('\r\n\r\n'))
    expect(socket.told()).toMatch(/^HTTP\/1\.1 40[45] /)
    expect(socket.told()).not.toContain('the config')
  })

  it.each([
    ['no HTTP', 'garbage\r\n\r\n', 400],
    ['heads that do not end', `GET /config HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /config HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 400],
    [
      'a length and chunks',
      'POST /config HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
  ])('are refused before anybody looks at them: %s', async (_, sent, status) => {
    const scene = await openVaultDoorScene()
    const socket = await open(scene.port)
    socket.write(sent)
    await until(() => socket.told().includes('\r\n\r\n'))
    expect(socket.told()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('are cut off where their head does not come', async () => {
    const scene = await openVaultDoorScene({ headWithin: 200 })
    const socket = await open(scene.port)
    socket.write('GET /config HTTP/1.1\r\nX: ')
    await until(() => socket.told().includes('408') || socket.destroyed)
  })

  it('that ask for nothing after their refusal may go on: the connection stays', async () => {
    const scene = await openVaultDoorScene()
    const ada = scene.addAgent('ada')
    const socket = await open(scene.port)
    const body = 'x'.repeat(1000)
    socket.write(head(ada, `POST /data/${sha256(body)}`, 'Content-Length: 1000') + body)
    await until(() => socket.told().includes('403'))
    socket.write(head(ada, 'GET /keys/'))
    await until(() => socket.told().includes('200 OK'))
  })
})

describe('the door', () => {
  it('does not open to the network without TLS, as passwords go through it', async () => {
    const opening = openVaultDoor({ listener: () => undefined, port: 0, host: '0.0.0.0', tls: undefined })
    await expect(opening).rejects.toMatchObject({ code: 'input/invalid' })
  })

  it('says where its port cannot be had', async () => {
    const scene = await openVaultDoorScene()
    const opening = openVaultDoor({ listener: () => undefined, port: scene.port, host: '127.0.0.1', tls: undefined })
    await expect(opening).rejects.toMatchObject({ code: 'service/unavailable' })
  })
})
