import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Alert, BackupSet, Point, Run, Vault } from '../../core/contract/index.ts'
import { jsonLines } from '../support/holdfast.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'
import { runAtTerminal } from '../support/terminal.ts'

// Each test goes on where the one before it ended: it is one story.
describe('holdfast, looking after what is there', () => {
  let scene: ServiceScene
  let source: string
  const at = (...names: string[]): string => join(scene.folder, ...names)
  const file = (name: string): string => join(source, name)
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await scene.call(...args)
    expect([args, code, stderr]).toEqual([args, 0, ''])
    return stdout
  }
  /** What a command fails with, as people and as programs are told. */
  async function failure(...args: string[]) {
    const [people, programs] = [await scene.call(...args), await scene.call(...args, '--json')]
    expect([people.stdout, programs.stdout, programs.code]).toEqual(['', '', people.code])
    const [told = {}] = jsonLines(programs.stderr)
    expect(people.stderr).toBe(`${String(told['message'])}\n${String(told['safety'])}\n${String(told['remedy'])}\n`)
    return { ...told, ended: people.code }
  }

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    source = at('source')
    mkdirSync(source)
    writeFileSync(file('kept.txt'), 'as it was\n')
    writeFileSync(file('lost.txt'), 'dear\n')
    await ok('vault', 'add', 'first', at('vault'))
    await ok('source', 'add', 'here')
    await ok('policy', 'add', 'nightly', '--daily', '22:00')
    await ok('set', 'add', 'home', '--root', source)
    await ok('backup', 'home', '--wait')
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('removes nothing that a backup set uses, and says which sets these are', async () => {
    const refused = { ended: 1, error: 'object/conflict', safety: 'Nothing was changed.' }
    expect(await failure('source', 'remove', 'here')).toMatchObject({
      ...refused,
      message: 'here is used by home.',
      remedy: 'Remove these backup sets first. Their recovery points stay.',
    })
    expect(await failure('policy', 'remove', 'nightly')).toMatchObject({
      ...refused,
      message: 'nightly is used by home.',
      remedy: 'Give these backup sets another policy first.',
    })
    expect(await failure('vault', 'detach', 'first')).toMatchObject({
      ...refused,
      message: 'first is used by home.',
      remedy: 'Remove these backup sets first. What is stored in the vault stays.',
    })
    expect(await scene.json(['source', 'list'])).toMatchObject([{ name: 'here', sets: 1 }, { total: 1 }])
  })

  it('disables a set, which nothing begins then but somebody who asks, and enables it', async () => {
    expect(await ok('set', 'disable', 'home')).toBe('The backup set home is disabled.\n')
    expect(await ok('set', 'show', 'home')).toMatch(/^Next run: +none: it is disabled$/m)
    expect(await scene.one<BackupSet>(['set', 'disable', 'home'], 'set')).toMatchObject({
      isEnabled: false,
      nextRunAt: null,
      protection: 'disabled',
    })
    await ok('backup', 'home', '--wait')
    expect(await ok('set', 'enable', 'home')).toBe('The backup set home is enabled.\n')
    expect(await scene.one<BackupSet>(['set', 'enable', 'home'], 'set')).toMatchObject({
      isEnabled: true,
      nextRunAt: expect.stringContaining('T22:00:00') as unknown,
      protection: 'protected',
    })
  })

  it('restores to where everything was, and says before what is lost there', async () => {
    writeFileSync(file('kept.txt'), 'changed since\n')
    rmSync(file('lost.txt'))
    writeFileSync(file('new.txt'), 'of today\n')
    const beware = 'Files that are there already are overwritten where they differ. What is in them now is lost.'
    const plan = await ok('restore', 'latest', '--set', 'home', '--original', '--plan')
    expect(plan).toContain(`For example ${file('kept.txt')} to ${file('kept.txt')}.`)
    expect(plan).toContain(`1 of the first 2 files is there already.\nBeware: ${beware}\n`)
    expect(readFileSync(file('kept.txt'), 'utf8')).toBe('changed since\n')

    const careful = await scene.call('restore', 'latest', '--original', '--overwrite', 'never', '--wait')
    expect([careful.code, careful.stderr]).toEqual([0, '1 of the first 2 files is there already.\n'])
    expect(careful.stdout).toContain('1 file was there already and stayed.')
    expect(readFileSync(file('kept.txt'), 'utf8')).toBe('changed since\n')
    expect(readFileSync(file('lost.txt'), 'utf8')).toBe('dear\n')

    const told = await scene.call('restore', 'latest', '--original', '--wait')
    expect([told.code, told.stderr]).toEqual([0, `2 of the first 2 files are there already.\nBeware: ${beware}\n`])
    expect(told.stdout).toMatch(/^Restored files: +1$/m)
    expect(readFileSync(file('kept.txt'), 'utf8')).toBe('as it was\n')
    // What the point does not have stays.
    expect(readFileSync(file('new.txt'), 'utf8')).toBe('of today\n')
  })

  it('tells programs the same, and overwrites what is newer only where that is asked for', async () => {
    writeFileSync(file('kept.txt'), 'changed again\n')
    const lines = await scene.json(['restore', 'latest', '--original', '--overwrite', 'if-newer', '--wait'])
    expect(lines.filter(({ message_type }) => message_type === 'warning')).toMatchObject([
      { message: '2 of the first 2 files are there already.' },
      { message: expect.stringContaining('What is in them now is lost.') as unknown },
    ])
    expect(lines.at(-1)).toMatchObject({ message_type: 'run', state: 'succeeded', result: { filesSkipped: 2 } })
    expect(readFileSync(file('kept.txt'), 'utf8')).toBe('changed again\n')
    expect(await failure('restore', 'latest', '--original', '--to', at('back'))).toMatchObject({
      error: 'input/invalid',
      message: expect.stringContaining('--original') as unknown,
    })
  })

  it('acknowledges an alert, which stays open until what it is about is over', async () => {
    renameSync(source, at('away'))
    expect(await scene.call('backup', 'home', '--wait')).toMatchObject({ code: 1 })
    const open = async (...more: string[]): Promise<Alert | undefined> =>
      ((await scene.json(['alerts', ...more])) as unknown as Alert[]).find(({ kind }) => kind === 'run-failed')
    const alert = await open()
    expect(alert).toMatchObject({ severity: 'error', object: { name: 'home' }, acknowledgedAt: null })
    const id = alert?.id ?? ''
    expect(await ok('alert', 'ack', id.slice(0, 13))).toMatch(/^Acknowledged: Backup of "home" failed: /)
    expect(await scene.one<Alert>(['alert', 'ack', id], 'alert')).toMatchObject({ id, acknowledgedBy: 'admin' })
    expect(await ok('alerts')).toContain('Seen by admin, ')
    expect((await scene.call('status')).stdout).toMatch(/^ +error: Backup of "home" failed.* \(seen\)$/m)

    expect(await failure('alert', 'ack', 'ffffffff-ffff')).toMatchObject({
      ended: 1,
      error: 'object/not-found',
      message: expect.stringContaining(`There are: ${id.slice(0, 13)}`) as unknown,
      remedy: expect.stringContaining('holdfast alerts') as unknown,
    })

    renameSync(at('away'), source)
    await ok('backup', 'home', '--wait')
    while ((await open()) !== undefined);
    expect(await open('--all')).toMatchObject({ id, acknowledgedBy: 'admin', clearedAt: expect.any(String) as unknown })
  })

  it('removes a set, whose points stay and can be restored', async () => {
    const before = await scene.json(['points', '--set', 'home'])
    expect(await ok('set', 'remove', 'home')).toBe('Removed the backup set home. Its recovery points stay.\n')
    expect(await failure('set', 'remove', 'home')).toMatchObject({ error: 'object/not-found' })
    expect(await failure('backup', 'home')).toMatchObject({ error: 'object/not-found', safety: 'Nothing was changed.' })
    const points = (await scene.json(['points'])) as unknown as Point[]
    expect(points.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    await ok('restore', 'latest', '--to', at('back'), '--wait')
    expect(readFileSync(join(at('back'), file('kept.txt')), 'utf8')).toBe('changed again\n')
    expect(await ok('source', 'remove', 'here')).toBe('Removed the source here.\n')
    expect(await ok('source', 'list')).toMatch(/^There is no source yet/)
  })

  it('detaches a vault: its points are listed no more, and what is stored stays', async () => {
    await ok('export-kit', 'first', '--output', at('kit.txt'), '--password-file', scene.passwordFile)
    const point = ((await scene.json(['points'])) as unknown as Point[])[0]?.id ?? ''
    expect(await ok('vault', 'detach', 'first')).toBe(
      `Detached the vault first. What is stored in ${at('vault')} stays.\n`,
    )
    expect(existsSync(at('vault', 'config'))).toBe(true)
    expect(await ok('vault', 'list')).toMatch(/^There is no vault yet/)
    expect(await ok('points')).toMatch(/^There is no recovery point yet/)
    expect(await failure('restore', 'latest', '--to', at('never'))).toMatchObject({ error: 'object/not-found' })
    expect(await failure('restore', point, '--to', at('never'))).toMatchObject({ error: 'object/not-found' })
  })

  it('attaches it again with the password of its recovery kit, and with no other', async () => {
    expect(await failure('vault', 'add', 'again', at('vault'))).toMatchObject({
      ended: 1,
      error: 'object/conflict',
      message: `There is a repository at ${at('vault')} already.`,
      remedy: expect.stringContaining('give its password') as unknown,
    })
    writeFileSync(at('wrong'), 'not its password\n')
    expect(
      await failure('vault', 'add', 'again', at('vault'), '--attach', '--password-file', at('wrong')),
    ).toMatchObject({ ended: 12, error: 'repository/wrong-password', safety: 'Nothing was changed.' })
    const password = /^Password: +(\S+)$/m.exec(readFileSync(at('kit.txt'), 'utf8'))?.[1] ?? ''
    writeFileSync(at('right'), `${password}\n`)
    expect(
      await failure('vault', 'add', 'again', at('nothing'), '--attach', '--password-file', at('right')),
    ).toMatchObject({ ended: 10, error: 'repository/not-found', safety: 'Nothing was changed.' })
    expect(existsSync(at('nothing'))).toBe(false)
    expect(await failure('vault', 'add', 'again', at('vault'), '--attach')).toMatchObject({
      error: 'input/invalid',
      message: 'The password is empty.',
    })
    expect(await ok('vault', 'list')).toMatch(/^There is no vault yet/)

    const { code, shown } = await runAtTerminal(['vault', 'add', 'again', at('vault'), '--attach'], [password], {
      HOME: at('home'),
    })
    expect([code, shown]).toEqual([0, expect.stringContaining('Attached the vault again (')])
    expect(shown).not.toContain(password)
    expect(await scene.json(['vault', 'detach', 'again'])).toMatchObject([
      { message_type: 'removed', type: 'vault', name: 'again' },
    ])
    expect(
      await scene.one<Vault>(
        ['vault', 'add', 'once more', at('vault'), '--attach', '--password-file', at('right')],
        'vault',
      ),
    ).toMatchObject({ name: 'once more', state: 'ready', points: 3 })
  })

  it('has each of its points once then, and restores them', async () => {
    const points = ((await scene.json(['points'])) as unknown as (Point & { message_type: string })[]).filter(
      ({ message_type }) => message_type === 'point',
    )
    expect(points.map(({ vault }) => vault.name)).toEqual(['once more', 'once more', 'once more'])
    expect(new Set(points.map(({ snapshotId }) => snapshotId)).size).toBe(3)
    const run = (await scene.json(['restore', 'latest', '--to', at('attached'), '--wait'])).at(-1) as unknown as Run
    expect(run).toMatchObject({ state: 'succeeded', vault: { name: 'once more' } })
    expect(readFileSync(join(at('attached'), file('new.txt')), 'utf8')).toBe('of today\n')
  })
})
