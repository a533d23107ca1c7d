import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { jsonLines, runHoldfast } from '../support/holdfast.ts'
import { startService } from '../support/service.ts'
import { runAtTerminal } from '../support/terminal.ts'
import { until } from '../support/until.ts'

const PASSWORD = 'correct horse battery'

describe('the service', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-service-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  it('prints its address and a link that makes the first administrator once', async () => {
    await using service = await startService(join(root, 'data'))
    expect(service.url).toMatch(/^http:\/\/localhost:\d+$/)
    expect(service.setupUrl).toContain(`${service.url}/setup?token=hfu_`)
    await service.enter('admin', PASSWORD)
    expect(await service.api('GET', '/session')).toMatchObject({
      status: 200,
      body: { user: { role: 'administrator' } },
    })
    const token = new URL(service.setupUrl ?? '').searchParams.get('token')
    const again = await service.api('POST', '/setup', { token, name: 'second', password: PASSWORD })
    expect(again).toMatchObject({ status: 409 })
    expect((await fetch(`${service.url}/setup?token=x`)).headers.get('content-type')).toContain('text/html')
    expect(await (await fetch(`${service.url}/healthz`)).text()).toBe('ok\n')
  })

  it('is given its first administrator from the command line, with the link that it printed', async () => {
    await using service = await startService(join(root, 'data'))
    const env = { HOME: join(root, 'home'), XDG_CONFIG_HOME: undefined, HOLDFAST_URL: undefined }
    const asked = { HOME: join(root, 'home'), HOLDFAST_URL: '' }
    const failure = async (args: readonly string[], stdin = '') => {
      const { code, stderr } = await runHoldfast([...args, '--json'], { env, stdin })
      return { ...jsonLines(stderr).at(-1), ended: code }
    }
    await writeFile(join(root, 'password'), `${PASSWORD}\n`)
    await writeFile(join(root, 'short'), 'short\n')
    await writeFile(join(root, 'journal'), `as of an older start: ${service.url}/setup?token=hfu_old\n`)
    const password = ['--password-file', join(root, 'password')]

    // Nobody can be let in, and no password is wrong.
    expect(await failure(['login', service.url, '--name', 'admin', ...password])).toMatchObject({
      ended: 1,
      error: 'object/not-found',
      message: `The service at ${service.url} has no administrator yet, so nobody can sign in.`,
      remedy: expect.stringContaining(`holdfast setup ${service.url}`) as unknown,
    })
    expect(await failure(['setup', service.url, '--name', 'admin', ...password], 'no link\n')).toMatchObject({
      error: 'input/invalid',
      remedy: expect.stringContaining('journalctl') as unknown,
    })
    expect(await failure(['setup', '--link-file', '-', '--password-file', '-'])).toMatchObject({
      message: 'The link and the password cannot both come from standard input.',
    })
    const old = ['setup', '--name', 'admin', '--link-file', join(root, 'journal')]
    expect(await failure([...old, ...password])).toMatchObject({
      ended: 12,
      error: 'identity/refused',
      remedy: expect.stringContaining('printed when it was started last') as unknown,
    })
    const short = ['setup', '--name', 'admin', '--password-file', join(root, 'short')]
    expect(await failure(short, service.setupUrl)).toMatchObject({
      ended: 1,
      message: expect.stringContaining('Use at least 10 characters.') as unknown,
    })

    // The link says where the service is. It was not used up by what went wrong.
    const { code, shown } = await runAtTerminal(['setup'], [service.setupUrl ?? '', 'ada', PASSWORD, PASSWORD], asked)
    expect([code, shown]).toEqual([0, expect.stringContaining(`Signed in to ${service.url} as ada (administrator)`)])
    expect(shown).not.toContain(PASSWORD)
    const listed = await runHoldfast(['user', 'list', '--json'], { env })
    expect(jsonLines(listed.stdout)[0]).toMatchObject({ message_type: 'user', name: 'ada', role: 'administrator' })

    expect(await failure(['setup', '--name', 'eve', ...password], service.setupUrl)).toMatchObject({
      ended: 1,
      error: 'object/conflict',
      remedy: expect.stringContaining(`holdfast login ${service.url}`) as unknown,
    })
  })

  it('keeps its data to itself, and nothing secret in its log', async () => {
    await using service = await startService(join(root, 'data'))
    await service.enter('admin', PASSWORD)
    await service.api('POST', '/session', { name: 'admin', password: 'a secret that is wrong' })
    expect((await stat(join(root, 'data'))).mode & 0o777).toBe(0o700)
    for (const name of ['catalog.db', 'key', 'instance.lock'])
      expect([name, (await stat(join(root, 'data', name))).mode & 0o077]).toEqual([name, 0])
    await service.stop()
    for (const name of await readdir(join(root, 'data', 'logs'))) {
      const log = await readFile(join(root, 'data', 'logs', name), 'utf8')
      expect(log).not.toContain('secret that is wrong')
      expect(log).not.toContain(PASSWORD)
    }
  })

  it('refuses to be started twice on one data folder, and says so', async () => {
    await using service = await startService(join(root, 'data'))
    const second = await runHoldfast(['serve', '--data-dir', join(root, 'data'), '--port', '0'])
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`Another appliance runs on the data folder ${join(root, 'data')}.`)
    const args = ['serve', '--check-config', '--json', '--data-dir', join(root, 'data')]
    const checked = await runHoldfast([...args, '--port', new URL(service.url).port])
    const [told] = jsonLines(checked.stdout)
    expect([checked.code, told]).toMatchObject([
      1,
      {
        message_type: 'configuration',
        ok: false,
        findings: [
          { object: 'data-folder', state: 'good' },
          { object: 'running', state: 'problem', error: 'service/busy' },
          { object: 'port', state: 'problem', error: 'service/unavailable' },
        ],
      },
    ])
    expect((await service.api('GET', '/health')).status).toBe(200)
  })

  it('says with --check-config whether it could be started, and what is in the way', async () => {
    const check = ['serve', '--check-config', '--port', '0', '--data-dir']
    const good = await runHoldfast([...check, join(root, 'data')])
    expect([good.code, good.stderr]).toEqual([0, ''])
    expect(good.stdout).toContain(`The appliance in ${join(root, 'data')} can be started.\n`)
    // Nothing was made: neither the folder nor anything in it.
    expect(await readdir(root)).toEqual([])
    const bad = await runHoldfast([...check, '/proc/nowhere'])
    expect([bad.code, bad.stdout]).toEqual([1, expect.not.stringContaining('can be started')])
    expect(bad.stderr).toContain('The data folder /proc/nowhere cannot be used')
    await writeFile(join(root, 'letter.txt'), 'Dear Sirs,\n')
    const foreign = await runHoldfast(['serve', '--port', '0', '--data-dir', root])
    expect([foreign.code, foreign.stderr]).toEqual([1, expect.stringContaining('it holds letter.txt.')])
    expect(await readdir(root)).toEqual(['letter.txt'])
    const port = await runHoldfast(['serve', '--port', 'eighty', '--data-dir', join(root, 'data')])
    expect(port.stderr).toContain('eighty is no port.')
  })

  it('stops in order while a backup goes on, and takes it up again when it is started', async () => {
    const home = join(root, 'home')
    await mkdir(home)
    for (let file = 0; file < 40; file++) await writeFile(join(home, `${file}`), Buffer.alloc(1_000_000, file))
    const service = await startService(join(root, 'data'))
    await service.enter('admin', PASSWORD)
    const made = async (path: string, body: unknown): Promise<string> =>
      ((await service.api('POST', path, body)).body as { id: string }).id
    const vaultId = await made('/vaults', { name: 'v', location: { kind: 'directory', path: join(root, 'vault') } })
    const sourceId = await made('/sources', { name: 's', settings: { kind: 'file-server', host: 'h' } })
    const settings = {
      schedule: { timeZone: 'UTC', rules: [] },
      retention: { days: 7, weeks: 0, months: 0, years: 0 },
    }
    const policyId = await made('/policies', { name: 'p', settings })
    const setId = await made('/sets', { name: 'home', sourceId, vaultId, policyId, content: { roots: [home] } })
    const { body: run } = await service.api('POST', `/sets/${setId}/runs`)
    const { id } = run as { id: string }
    expect(await service.stop()).toBe(0)

    await using again = await startService(join(root, 'data'))
    expect(again.setupUrl).toBeUndefined()
    await again.enter('admin', PASSWORD)
    const state = async (): Promise<string> => ((await again.api('GET', `/runs/${id}`)).body as { state: string }).state
    await until(async () => (await state()) === 'succeeded')
    const { body: points } = await again.api('GET', `/points?setId=${setId}`)
    expect((points as { items: unknown[] }).items).toHaveLength(1)
  })
})
