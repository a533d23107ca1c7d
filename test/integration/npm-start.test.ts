import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-npm-start-'))
  // The project's own script on what is built already: to build it anew would pull it from under other tests.
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } }
  writeFileSync(join(home, 'package.json'), JSON.stringify({ scripts: { build: 'true', start: scripts.start } }))
  for (const name of ['out', 'node_modules']) symlinkSync(join(ROOT, name), join(home, name))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

it('npm start passes its arguments on, and prints where the console is', async () => {
  const port = await freePort()
  const data = join(home, 'data')
  const child = spawn('npm', ['start', '--', '--data-dir', data, '--port', String(port)], {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    const link = (): string | undefined => /(http:\/\/\S+)\/setup\S*/.exec(said)?.[1]
    while (link() === undefined) {
      if (child.exitCode !== null) throw new Error(`npm ended with ${child.exitCode}: ${said}`)
      await Promise.race([once(child.stdout, 'data'), ended])
    }
    expect(new URL(link() ?? '').port).toBe(String(port))
    expect(await (await fetch(link() ?? '')).text()).toContain('<title>Holdfast</title>')
    expect(existsSync(join(data, 'catalog.db'))).toBe(true)
  } finally {
    // npm starts a shell, and that the service: all of them.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await ended
  }
})

/** One that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('there is no port')
  return address.port
}
