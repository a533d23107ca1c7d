import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { lockRepository, openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { until } from '../support/until.ts'

const LAUNCHER = fileURLToPath(new URL('../../out/node/holdfast', import.meta.url))

const [platform, arch] = [process.platform, process.arch]
const OWN_NODE = realpathSync(
  fileURLToPath(new URL(`../../node_modules/node-${platform}-${arch}/bin/node`, import.meta.url)),
)

const { SIGHUP } = constants.signals

describe('the launcher', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-launcher-'))
  const vault = join(home, 'vault')
  const env = { PATH: '/usr/bin:/bin', HOME: home, RESTIC_PASSWORD: 'launch', RESTIC_REPOSITORY: vault }
  let child: ChildProcess | undefined

  beforeAll(() => {
    writeFileSync(join(home, 'file'), 'content')
    symlinkSync(LAUNCHER, join(home, 'link'))
    symlinkSync('link', join(home, 'again'))
    expect(spawnSync(LAUNCHER, ['repo', 'init', '-q'], { env }).status).toBe(0)
  })
  afterEach(() => child?.kill('SIGKILL'))
  afterAll(() => rmSync(home, { recursive: true }))

  it.each([
    ['by its path', LAUNCHER, env.PATH, home],
    ['by a link to it', './link', env.PATH, home],
    ['by a link to a link', './again', env.PATH, home],
    ['from its own folder', './holdfast', env.PATH, dirname(LAUNCHER)],
    ['by its name alone', 'holdfast', `:${env.PATH}`, dirname(LAUNCHER)],
  ])('starts holdfast %s', (_, name, PATH, cwd) => {
    const { status, stdout } = spawnSync('sh', ['-c', `${name} --version`], { cwd, env: { PATH }, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^holdfast \d/) as unknown })
  })

  it('becomes holdfast itself: pid and signals are its own, and SIGUSR1 lets nobody in', async () => {
    const repository = await openRepository(openDirectoryStorage(vault), env.RESTIC_PASSWORD)
    const lock = await lockRepository(repository, { exclusive: true })
    child = spawn(LAUNCHER, ['repo', 'backup', '--retry-lock', '10m', join(home, 'file')], { env })
    const { pid = 0 } = child
    let said = ''
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString()
    })
    const ended = new Promise<number | null>((resolve) => child?.once('exit', resolve))
    // The project's own, and none that PATH finds.
    await until(() => readlinkSync(`/proc/${pid}/exe`) === OWN_NODE)
    // Set before it writes a lock, which is after it listens to everything else.
    await until(() => hasHandler(pid, SIGHUP))
    child.kill('SIGUSR1')
    child.kill('SIGHUP')
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(said).not.toContain('Debugger')
    await lock.release()
    expect(readdirSync(join(vault, 'locks'))).toEqual([])
  })
})

/** Whether a process has a handler for a signal, by its number (proc(5), SigCgt). */
function hasHandler(pid: number, signal: number): boolean {
  const [, mask = '0'] = /^SigCgt:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n
}
