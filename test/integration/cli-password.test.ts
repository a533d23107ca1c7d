import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { type Ended, ended, runHoldfast, startHoldfast } from '../support/holdfast.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { runAtTerminal } from '../support/terminal.ts'
import { until } from '../support/until.ts'

/** As bytes in Latin-1. All that was tried with restic is in the unit test. */
const FILES: readonly [what: string, stored: string][] = [
  ['lines from Windows and blanks around it', '\r\n \t p\xc3\xa4ss w\xc3\xb6rd \xc2\xa0\xe2\x80\xa8\r\n\r\n'],
  ['UTF-16 with its mark', '\xff\xfep\0\xe4\0\r\0\n\0'],
  ['bytes that are not UTF-8', '\xfe\xfepw\xff\xa0\n'],
]

let home: string
let vault: string
let env: Record<string, string>
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-password-'))
  vault = join(home, 'vault')
  env = { RESTIC_REPOSITORY: vault, RESTIC_CACHE_DIR: join(home, 'cache') }
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const restic = (...args: string[]): string =>
  execFileSync('restic', args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' })

/** How many keys there are for who has this password; none where it opens nothing. */
async function keysBy(password: string): Promise<number> {
  const { code, stdout } = await runHoldfast(['repo', 'key', 'list'], { env: { ...env, RESTIC_PASSWORD: password } })
  return code === 0 ? Number(/^(\d+) keys?$/m.exec(stdout)?.[1]) : 0
}

/** Lists snapshots, with more variables. */
const list = (more: Record<string, string>, ...args: string[]): Promise<Ended> =>
  runHoldfast(['repo', 'snapshots', ...args], { env: { ...env, ...more } })

describeWith(['restic'], 'the password of holdfast repo, beside restic', () => {
  it.each(FILES)('is the same in a file with %s, whoever made the repository', async (_, stored) => {
    const file = join(home, 'password')
    writeFileSync(file, stored, 'latin1')
    const by = ['--password-file', file]
    restic('init', ...by)
    expect(await runHoldfast(['repo', 'snapshots', ...by], { env })).toMatchObject({ code: 0, stderr: '' })
    rmSync(vault, { recursive: true })
    expect(await runHoldfast(['repo', 'init', ...by], { env })).toMatchObject({ code: 0, stderr: '' })
    expect(restic('snapshots', '--json', ...by).trim()).toMatch(/^(null|\[\])$/)
  })

  it('is asked for twice where it is new, and not shown', async () => {
    const made = await runAtTerminal(['repo', 'init'], ['first secret', 'first secret'], env)
    expect(made).toMatchObject({ code: 0, shown: expect.stringContaining('Made repository') as unknown })
    const added = await runAtTerminal(['repo', 'key', 'add'], ['first secret', 'second secret', 'second secret'], env)
    expect(added).toMatchObject({ code: 0, shown: expect.stringContaining('Added key') as unknown })
    const changed = await runAtTerminal(['repo', 'key', 'passwd'], ['second secret', 'third', 'third'], env)
    expect(changed).toMatchObject({ code: 0, shown: expect.stringContaining('in force') as unknown })
    for (const { shown } of [made, added, changed]) {
      expect(shown).toContain('New password: ')
      expect(shown).toContain('again: ')
      expect(shown).not.toMatch(/secret|third/)
    }
    expect([await keysBy('first secret'), await keysBy('second secret'), await keysBy('third')]).toEqual([2, 0, 2])
  })

  it('is asked for no longer once the program is asked to end', async () => {
    restic('init', '--password-command', 'echo pw')
    const { code, shown } = await runAtTerminal(['repo', 'key', 'list'], ['SIGTERM'], env)
    expect(shown).toContain('Stopped by SIGTERM.')
    expect(code).toBe(130)
  })

  it('changes nothing where the two differ, or are nothing', async () => {
    for (const [answers, why] of [
      [['one', 'two'], 'The two passwords differ.'],
      [['', ''], 'The new password is empty.'],
    ] as const) {
      const { code, shown } = await runAtTerminal(['repo', 'init'], answers, env)
      expect({ code, isMade: existsSync(vault) }).toEqual({ code: 1, isMade: false })
      expect(shown).toContain(why)
    }
    restic('init', '--password-command', 'echo pw')
    for (const command of ['add', 'passwd']) {
      const { code, shown } = await runAtTerminal(['repo', 'key', command], ['pw', 'one', 'two'], env)
      expect(code).toBe(1)
      expect(shown).toContain('The two passwords differ.')
    }
    expect(readdirSync(join(vault, 'keys'))).toHaveLength(1)
    expect(await keysBy('pw')).toBe(1)
  })

  it('comes from an option before it comes from the environment, and an empty variable is none', async () => {
    const file = join(home, 'password')
    writeFileSync(file, 'pw')
    restic('init', '--password-file', file)
    expect(await list({ RESTIC_PASSWORD_FILE: '/no/such/file' }, '--password-command', 'echo pw')).toMatchObject({
      code: 0,
    })
    expect(await list({ RESTIC_PASSWORD_FILE: '', RESTIC_PASSWORD_COMMAND: '', RESTIC_PASSWORD: 'pw' })).toMatchObject({
      code: 0,
    })
    const none = await list({ RESTIC_PASSWORD: '' })
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('--password-file')
    const replaced = await list({ RESTIC_PASSWORD: 'p\ufffd' })
    expect(replaced.code).toBe(1)
    expect(replaced.stderr).toContain('not UTF-8')
  })

  it('is in nothing that is printed, and not among the arguments that all users see', async () => {
    const [right, wrong] = ['right s3cret', 'wrong s3cret']
    const [file, gives, fails] = [join(home, 'password'), join(home, 'gives'), join(home, 'fails')]
    writeFileSync(file, right)
    writeFileSync(gives, `#!/bin/sh\necho '${right}'\n`, { mode: 0o700 })
    writeFileSync(fails, `#!/bin/sh\necho '${right}'\nexit 3\n`, { mode: 0o700 })
    const by = { RESTIC_PASSWORD: right }
    const runs: readonly [code: number, args: readonly string[], more?: Record<string, string>][] = [
      [0, ['init', '--password-file', file]],
      [0, ['backup', '--log-dir', join(home, 'logs'), file], by],
      [0, ['backup', '--json', '--log-dir', join(home, 'logs'), file], by],
      [0, ['snapshots', '--json'], by],
      [0, ['snapshots', '--password-command', gives]],
      [1, ['snapshots', '--password-command', fails]],
      [1, ['snapshots', '--json', '--password-command', fails]],
      [1, ['snapshots'], { RESTIC_PASSWORD_COMMAND: fails }],
      [12, ['snapshots'], { RESTIC_PASSWORD: wrong }],
      [12, ['snapshots', '--json'], { RESTIC_PASSWORD: wrong }],
      [1, ['init', '--json'], by],
      [0, ['key', 'add', '--json', '--new-password-file', file], by],
      [0, ['key', 'passwd', '--new-password-file', file], by],
      [0, ['key', 'list', '--json'], by],
      [0, ['check', '--json', '--read-data'], by],
      [1, ['restore', '--target', join(home, 'target'), 'feedbeef'], by],
    ]
    for (const [code, args, more = {}] of runs) {
      const child = startHoldfast(['repo', ...args], { env: { ...env, ...more } })
      let shown = ''
      // The kernel keeps it until the process is over.
      const look = (): void => {
        const at = `/proc/${child.pid ?? 0}/cmdline`
        if (child.exitCode === null && existsSync(at)) shown += readFileSync(at, 'utf8')
      }
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      // For an instant after it was started a process has no arguments yet.
      await until(() => {
        look()
        return shown.includes(args[0] ?? '') || child.exitCode !== null
      })
      expect(shown).toContain(args[0])
      const run = await ended(child)
      expect(run.code, `${args.join(' ')}: ${run.stderr}`).toBe(code)
      expect(shown + run.stdout + run.stderr, args.join(' ')).not.toContain('s3cret')
    }
  })
})
