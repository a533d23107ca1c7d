import { randomFillSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Run, RunEvent } from '../../core/contract/index.ts'
import { ended, jsonLines, startHoldfast } from '../support/holdfast.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'

/** Another loopback address: the service lets it in by name, whatever the port. */
const HOST = '127.0.0.2'

describe('a run that is followed', () => {
  let scene: ServiceScene
  let cable: Cable

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    await scene.json(['settings', 'listen.hosts', HOST])
    await scene.restart()
    cable = await layCable(Number(new URL(scene.service.url).port))
    await scene.call('login', cable.url, '--name', 'admin', '--password-file', scene.passwordFile)
    const source = join(scene.folder, 'source')
    mkdirSync(source)
    for (let i = 0; i < 12; i++)
      writeFileSync(join(source, `file-${i}`), randomFillSync(Buffer.alloc(24 * 1024 * 1024)))
    await scene.json(['vault', 'add', 'first', join(scene.folder, 'vault')])
    await scene.json(['source', 'add', 'here'])
    await scene.json(['policy', 'add', 'by-hand', '--manual'])
    await scene.json(['set', 'add', 'home', '--root', source])
  })
  afterAll(async () => {
    await cable.cut()
    await scene[Symbol.asyncDispose]()
  })

  it('is told to its end when the connection breaks on the way, each line once', async () => {
    const child = startHoldfast(['backup', 'home', '--wait', '--json'], { env: scene.env })
    const end = ended(child)
    // Something is told as it happens: now the cable is cut, and mended a moment later.
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    await cable.cut()
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => chunk.includes('is broken') && resolve())
    })
    await cable.mend()
    const { code, stdout, stderr } = await end
    expect([code, stderr]).toEqual([0, ''])
    const lines = jsonLines(stdout)
    expect(lines.filter(({ message_type }) => message_type === 'warning')).toHaveLength(1)
    const run = lines.at(-1) as unknown as Run
    expect(run).toMatchObject({ message_type: 'run', state: 'succeeded' })
    const told = lines.filter(({ message_type }) => message_type === 'log') as unknown as RunEvent[]
    const all = (await scene.json(['run', run.id])).filter(({ message_type }) => message_type === 'log')
    expect(told).toEqual(all)
    expect(told.length).toBeGreaterThan(0)
  })

  it('is told to its end when the service is started anew in between', async () => {
    writeFileSync(join(scene.folder, 'source', 'more'), randomFillSync(Buffer.alloc(96 * 1024 * 1024)))
    const child = startHoldfast(['backup', 'home', '--wait', '--json'], { env: scene.env })
    const end = ended(child)
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    await scene.restart()
    const { code, stdout } = await end
    const run = jsonLines(stdout).at(-1) as unknown as Run
    expect([code, run.state]).toEqual([0, 'succeeded'])
    const told = jsonLines(stdout).filter(({ message_type }) => message_type === 'log')
    const all = (await scene.json(['run', run.id])).filter(({ message_type }) => message_type === 'log')
    expect(told).toEqual(all)
  })

  it('goes on when whoever follows it is stopped, which says how to find it again', async () => {
    writeFileSync(join(scene.folder, 'source', 'again'), randomFillSync(Buffer.alloc(96 * 1024 * 1024)))
    const child = startHoldfast(['backup', 'home', '--wait'], { env: scene.env })
    const end = ended(child)
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    child.kill('SIGINT')
    const { code, stderr } = await end
    expect(code).toBe(130)
    const id = /holdfast run (\S+) --follow/.exec(stderr)?.[1] ?? ''
    const last = (await scene.json(['run', id, '--follow'])).at(-1)
    expect(last).toMatchObject({ message_type: 'run', state: 'succeeded' })
  })

  it('is stopped by cancel, which ends who waits for it with 1', async () => {
    writeFileSync(join(scene.folder, 'source', 'last'), randomFillSync(Buffer.alloc(192 * 1024 * 1024)))
    const child = startHoldfast(['backup', 'home', '--wait', '--json'], { env: scene.env })
    const end = ended(child)
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    await scene.json(['cancel', 'latest'])
    const { code, stdout } = await end
    expect([code, jsonLines(stdout).at(-1)]).toMatchObject([1, { state: 'cancelled' }])
    const { code: again } = await scene.call('retry', 'latest', '--wait')
    expect(again).toBe(0)
  })
})

/** What lies between a program and its service, and can be cut. */
interface Cable {
  readonly url: string
  cut(): Promise<void>
  mend(): Promise<void>
}

async function layCable(port: number): Promise<Cable> {
  const open = new Set<Socket>()
  let own = 0
  let server: Server | undefined

  async function mend(): Promise<void> {
    const next = createServer((near) => {
      const far = connect(port, '127.0.0.1')
      for (const socket of [near, far]) {
        open.add(socket)
        socket.on('error', () => undefined)
        socket.once('close', () => {
          open.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.pipe(far)
      far.pipe(near)
    })
    server = next
    await new Promise<void>((resolve) => void next.listen(own, HOST, resolve))
    own = (next.address() as { readonly port: number }).port
  }

  await mend()
  return {
    url: `http://${HOST}:${own}`,
    mend,
    async cut() {
      const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
      for (const socket of open) socket.destroy()
      await closed
      server = undefined
    },
  }
}
