import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { ended, jsonLines, runHoldfast, startHoldfast } from '../support/holdfast.ts'
import { makeOddRepository, type OddRepository } from '../support/odd-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { isRoot } from '../support/privilege.ts'
import { PROGRAM } from '../support/program.ts'

/** `copy` has two repositories, and tests of its own. */
const COMMANDS = [
  ['backup', '/etc/hostname'],
  ['restore', 'latest', '--target', '/nonexistent/never-made'],
  ['check'],
  ['snapshots'],
  ['ls', 'latest'],
  ['dump', 'latest', '/x'],
  ['unlock'],
  ['key', 'list'],
  ['stats'],
  ['tag', '--add', 'x'],
  ['find', 'x'],
  ['diff', 'latest', 'latest'],
  ['forget', '--keep-last', '1000'],
  ['prune'],
  ['repair', 'index'],
  ['repair', 'packs'],
  ['repair', 'snapshots'],
  ['rewrite', '--exclude', '/nonexistent'],
  ['image', 'backup', '/etc/hostname', '--name', 'disk'],
  ['image', 'restore', 'latest', '--name', 'disk', '--target', '/nonexistent/never-made'],
]

describeWith(['restic'], 'how the commands of holdfast repo end', () => {
  let odd: OddRepository
  beforeAll(async () => {
    odd = await makeOddRepository()
  })
  afterAll(() => odd[Symbol.dispose]())

  const locks = (): string[] => readdirSync(join(odd.path, 'locks'))

  it.each(COMMANDS)('%s ends with 10 where there is no repository, and names the place', async (...command) => {
    const { code, stderr } = await odd.holdfast(...command, '-r', odd.file('nowhere'))
    expect(code).toBe(10)
    expect(stderr).toContain(odd.file('nowhere'))
    expect(stderr).toContain('holdfast repo init')
  })

  it.each(COMMANDS)('%s ends with 12 for a wrong password', async (...command) => {
    const { code, stderr } = await runHoldfast(['repo', ...command], { env: { ...odd.env, RESTIC_PASSWORD: 'wrong' } })
    expect(code).toBe(12)
    expect(stderr).toContain(odd.path)
  })

  it.each(COMMANDS)('%s tells programs what is safe and what to do next, too', async (...command) => {
    const nowhere = await odd.holdfast(...command, '--json', '-r', odd.file('nowhere'))
    const env = { ...odd.env, RESTIC_PASSWORD: 'wrong' }
    const wrong = await runHoldfast(['repo', ...command, '--json'], { env })
    for (const { code, stderr } of [nowhere, wrong]) {
      const [error = {}] = jsonLines(stderr)
      expect(error).toMatchObject({ message_type: 'exit_error', code })
      for (const part of ['message', 'safety', 'remedy'])
        expect(error[part]).toEqual(expect.stringMatching(/^[A-Z].*\.$/))
    }
  })

  it.each(COMMANDS)(
    '%s ends with 1 for an option that there is not, and shows examples in its help',
    async (...command) => {
      const { code, stdout, stderr } = await odd.holdfast(...command, '--frobnicate')
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('--frobnicate')
      expect(stderr).toContain('--help')
      const help = await odd.holdfast(...command.slice(0, command[0] === 'key' ? 2 : 1), '--help')
      expect(help.code).toBe(0)
      expect(help.stdout).toContain('Examples:\n  holdfast repo ')
    },
  )

  it('names the command that is meant where somebody types it as for restic', async () => {
    const { code, stderr } = await runHoldfast(['snapshots', '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain('It is `holdfast repo snapshots`.')
    for (const command of [['mount'], ['repo', 'migrate']]) {
      const only = await runHoldfast(command)
      expect(only.code).toBe(1)
      expect(only.stderr).toContain(`\`restic ${command.at(-1)}\` does it there.`)
    }
  })

  it('tells programs of errors as one JSON object on standard error', async () => {
    const { code, stdout, stderr } = await odd.holdfast('ls', '--json')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(jsonLines(stderr)).toMatchObject([{ message_type: 'exit_error', code: 1, error: 'input/invalid' }])
  })

  it('lists what it can read and ends with 3 where a snapshot is damaged', async () => {
    const name = 'ab'.repeat(32)
    const path = join(odd.path, 'snapshots', name)
    writeFileSync(path, 'no snapshot')
    try {
      const { code, stdout, stderr } = await odd.holdfast('snapshots')
      expect(code).toBe(3)
      expect(stdout).toMatch(/^3 snapshots$/m)
      expect(stderr).toContain('abababab')
    } finally {
      rmSync(path)
    }
  })

  it('lists what it can read and ends with 3 where a folder is damaged', async () => {
    const copy = odd.file('without trees')
    await ended(spawn('cp', ['-a', odd.path, copy]))
    const { stdout: before } = await odd.holdfast('ls', '-q', 'latest', '-r', copy)
    expect(before.split('\n').length).toBeGreaterThan(5)
    for (const folder of readdirSync(join(copy, 'data'))) rmSync(join(copy, 'data', folder), { recursive: true })
    for (const command of [
      ['ls', 'latest'],
      ['stats'],
      ['stats', '--mode', 'raw-data'],
      ['stats', '--mode', 'blobs-per-file'],
    ]) {
      const { code, stderr } = await odd.holdfast(...command, '-r', copy)
      expect(code).toBe(3)
      expect(stderr).not.toContain('defect')
    }
  })

  it('prepares the place before it locks: what a process that crashed days ago left half-written is gone', async () => {
    const name = `${'ab'.repeat(32)}-tmp-holdfast-0-0`
    const left = join(odd.path, 'index', name)
    writeFileSync(left, 'half')
    utimesSync(left, 1_600_000_000, 1_600_000_000)
    expect((await odd.holdfast('snapshots', '--no-lock')).code).toBe(0)
    expect(readdirSync(join(odd.path, 'index'))).toContain(name)
    expect((await odd.holdfast('snapshots')).code).toBe(0)
    expect(readdirSync(join(odd.path, 'index'))).not.toContain(name)
  })

  it('reads with --no-lock what it may not write to, and says so when it is missing', async () => {
    const copy = odd.file('not writable')
    await ended(spawn('cp', ['-a', odd.path, copy]))
    // Modes do not bind root, sysfs does.
    rmSync(join(copy, 'locks'), { recursive: true })
    if (isRoot) symlinkSync('/sys/kernel', join(copy, 'locks'))
    else mkdirSync(join(copy, 'locks'), { mode: 0o500 })
    const refused = await odd.holdfast('snapshots', '-r', copy)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('--no-lock')
    const { code, stdout } = await odd.holdfast('snapshots', '-r', copy, '--no-lock')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^3 snapshots$/m)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends with 130 at %s, even while nobody reads, and leaves no lock',
    async (name) => {
      const child = startHoldfast(['repo', 'dump', 'latest', `${odd.source}/folder/copy`], { env: odd.env })
      // The first bytes fill the pipe, and the rest has to wait for us.
      await new Promise((resolve) => child.stdout.once('readable', resolve))
      expect(locks()).toHaveLength(1)
      const exit = new Promise((resolve) => child.once('exit', resolve))
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      child.kill(name)
      expect(await exit).toBe(130)
      expect(said).toBe(`Stopped by ${name}. What is stored is safe.\n`)
      expect(locks()).toEqual([])
      child.stdout.destroy()
    },
  )

  it('ends with 130 where it took no lock, too', async () => {
    const dump = ['repo', 'dump', '--no-lock', 'latest', `${odd.source}/folder/copy`]
    const child = startHoldfast(dump, { env: odd.env })
    await new Promise((resolve) => child.stdout.once('readable', resolve))
    const exit = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    expect(await exit).toBe(130)
    child.stdout.destroy()
  })

  it('ends quietly when nobody reads any more, as before head, and leaves no lock', async () => {
    const child = startHoldfast(['repo', 'dump', 'latest', `${odd.source}/folder/copy`], { env: odd.env })
    await new Promise((resolve) => child.stdout.once('readable', resolve))
    child.stdout.destroy()
    const { code, stderr } = await ended(child)
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' })
    expect(locks()).toEqual([])
  })

  it('finishes a backup whose progress nobody reads', async () => {
    const target = odd.file('more')
    mkdirSync(target)
    writeFileSync(join(target, 'file'), 'content')
    const child = startHoldfast(['repo', 'backup', target], { env: odd.env })
    child.stdout.destroy()
    const { code, stderr } = await ended(child)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect((await odd.holdfast('ls', '-q', 'latest')).stdout).toContain(`${target}/file\n`)
  })

  it('fails where standard output is full', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [PROGRAM, 'repo', 'snapshots'], {
      env: { ...process.env, ...odd.env },
      stdio: ['ignore', full, 'pipe'],
    })
    closeSync(full)
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).toBe(1)
    expect(said).toContain('Standard output cannot be written to.')
  })
})
