import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type {
  BackupSet,
  Overview,
  Point,
  PointEntry,
  Policy,
  RestorePlan,
  Run,
  Token,
  User,
  Vault,
} from '../../core/contract/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { type ServiceScene, startScene } from '../support/service-scene.ts'

// Each test goes on where the one before it ended: it is one story.
describeWith(['restic'], 'holdfast, from signing in to signing out', () => {
  let scene: ServiceScene
  let source: string
  const at = (...names: string[]): string => join(scene.folder, ...names)
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await scene.call(...args)
    expect([args, code, stderr]).toEqual([args, 0, ''])
    return stdout
  }

  beforeAll(async () => {
    scene = await startScene()
    source = at('source')
    mkdirSync(join(source, 'docs'), { recursive: true })
    writeFileSync(join(source, 'docs', 'letter.txt'), 'Dear Sirs,\n')
    writeFileSync(join(source, 'docs', 'a\\b.txt'), 'a backslash\n')
    writeFileSync(join(source, 'draft.tmp'), 'never mind\n')
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it('signs in with a token of its own, which nobody else can read, and without keeping the password', async () => {
    expect(await scene.login()).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('as admin') as unknown,
    })
    const file = at('home', '.config', 'holdfast', 'logins.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(at('home', '.config', 'holdfast')).mode & 0o777).toBe(0o700)
    const kept = readFileSync(file, 'utf8')
    expect(kept).toContain('hft_')
    expect(kept).not.toMatch(/correct horse|hfs_/)
    // A second time the token takes the place of the first one, which ends.
    await scene.login()
    const { items } = { items: await scene.json(['token', 'list']) }
    expect(items.filter(({ message_type }) => message_type === 'token')).toHaveLength(1)
  })

  it('says that nothing is protected, and what would change that', async () => {
    const { code, stdout } = await scene.call('status')
    expect([code, stdout]).toEqual([3, expect.stringContaining('Nothing is protected yet')])
    for (const list of [
      ['vault', 'list'],
      ['source', 'list'],
      ['policy', 'list'],
      ['set', 'list'],
      ['points'],
      ['runs'],
      ['alerts'],
    ]) {
      expect(await ok(...list)).toMatch(/^(There (is|was) no|There was)/)
      expect(await scene.json(list)).toEqual([{ message_type: 'summary', total: 0, has_more: false }])
    }
  })

  it('makes a vault, a source, a policy and a set', async () => {
    expect(await ok('vault', 'probe', at('vault'))).toContain('A vault can be made there.')
    const vault = await scene.one<Vault>(['vault', 'add', 'first', at('vault')], 'vault')
    expect(vault).toMatchObject({ name: 'first', state: 'ready', location: { path: at('vault') } })
    await ok('source', 'add', 'here', '--host', 'nas-01')
    const policy = await scene.one<Policy>(
      [
        'policy',
        'add',
        'nightly',
        '--daily',
        '22:00',
        '--monthly',
        '-1@04:00',
        '--keep-days',
        '14',
        '--time-zone',
        'Europe/Berlin',
      ],
      'policy',
    )
    expect(policy.settings).toMatchObject({
      schedule: {
        timeZone: 'Europe/Berlin',
        rules: [
          { type: 'times', days: { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }, times: ['22:00'] },
          { type: 'times', days: { type: 'month', days: [-1] }, times: ['04:00'] },
        ],
      },
      retention: { days: 14, weeks: 12, months: 12, years: 0 },
    })
    const set = await scene.one<BackupSet>(['set', 'add', 'home', '--root', source, '--exclude', '*.tmp'], 'set')
    expect(set).toMatchObject({
      name: 'home',
      source: { name: 'here' },
      policy: { name: 'nightly' },
      protection: 'never',
    })
    expect(await ok('set', 'show', set.id.slice(0, 13))).toMatch(/^Left out: +\*\.tmp$/m)
  })

  it('edits a policy from options and from its own JSON, and leaves the rest as it is', async () => {
    expect(await ok('policy', 'edit', 'nightly', '--keep-years', '7')).toMatch(
      /^Changed the policy nightly:\nKeeps: +all of .* → all of .*, 7 years\n/,
    )
    expect(await ok('policy', 'edit', 'nightly', '--keep-years', '7')).toContain('is as it was')
    const year = await ok('policy', 'preview', '--daily', '22:00', '--keep-days', '7')
    const oldest = year.split('\n').find((line) => / yes /.test(line)) ?? ''
    expect([oldest, oldest.includes('daily')]).toEqual([expect.stringMatching(/ monthly \d{4}-\d\d/), false])
    writeFileSync(at('policy.json'), (await scene.call('policy', 'show', 'nightly', '--json')).stdout)
    const copy = await scene.one<Policy>(['policy', 'add', 'copy', '--file', at('policy.json')], 'policy')
    const before = await scene.one<Policy>(['policy', 'show', 'nightly'], 'policy')
    expect(copy.settings).toEqual(before.settings)
    expect(copy.settings.retention).toEqual({ days: 14, weeks: 12, months: 12, years: 7 })
    expect(await ok('policy', 'preview', 'copy', '--manual')).toContain('Nothing begins by itself.')
    const [times] = await scene.json(['policy', 'preview', '--every', '4h', '--between', '08:00-18:00'])
    expect(times).toMatchObject({
      message_type: 'times',
      times: expect.arrayContaining([expect.stringMatching(/T\d\d:00:00/)]) as unknown,
    })
    await ok('policy', 'remove', 'copy')
  })

  it('backs up, and tells how it goes until it has ended', async () => {
    const told = await ok('backup', 'home', '--wait')
    expect(told).toContain('Succeeded after')
    expect(told).toMatch(/^New files: +2$/m)
    const lines = await scene.json(['backup', 'home', '--wait'])
    const last = lines.at(-1) as unknown as Run & { message_type: string }
    expect(last).toMatchObject({ message_type: 'run', state: 'succeeded', kind: 'backup', requestedBy: 'admin' })
    expect(lines.filter(({ message_type }) => message_type === 'log').length).toBeGreaterThan(0)
  })

  it('lists points and what is in them', async () => {
    const points = (await scene.json(['points', '--set', 'home'])) as unknown as Point[]
    expect(points[0]).toMatchObject({ message_type: 'point', set: { name: 'home' }, host: 'nas-01', isComplete: true })
    expect(await ok('points')).toContain('home')
    expect(await ok('ls', 'latest', join(source, 'docs'))).toBe(
      `${join(source, 'docs', 'a\\b.txt')}\n${join(source, 'docs', 'letter.txt')}\n`,
    )
    expect(await ok('ls', points[0]?.snapshotId.slice(0, 8) ?? '', join(source, 'docs'), '--long')).toMatch(
      /^rw-.* 11 B .*letter\.txt$/m,
    )
    const entries = (await scene.json(['ls', 'latest', join(source, 'docs')])) as unknown as PointEntry[]
    // The API says a backslash as two of them.
    expect(entries.map(({ path }) => path)).toContain(join(source, 'docs', 'a\\\\b.txt'))
    expect(await ok('find', 'latest', 'letter', '--set', 'home')).toBe(`${join(source, 'docs', 'letter.txt')}\n`)
    expect(await scene.call('find', 'latest', 'draft')).toMatchObject({ code: 3, stdout: 'No name fits.\n' })
  })

  it('plans a restore, and restores', async () => {
    const plan = await scene.one<RestorePlan>(['restore', 'latest', '--to', at('back'), '--plan'], 'plan')
    expect(plan).toMatchObject({ files: 2, hasRoom: true, existing: 0 })
    expect(existsSync(at('back'))).toBe(false)
    const path = join(source, 'docs', 'a\\b.txt')
    expect(await ok('restore', 'latest', '--set', 'home', '--to', at('back'), '--path', path, '--wait')).toContain(
      'Succeeded',
    )
    expect(readFileSync(join(at('back'), path), 'utf8')).toBe('a backslash\n')
    expect(existsSync(join(at('back'), source, 'docs', 'letter.txt'))).toBe(false)
  })

  it('lists runs, and tells everything about one', async () => {
    // A copy of the catalog is made whenever the appliance gets to it.
    const runs = ((await scene.json(['runs'])) as unknown as Run[]).filter(({ kind }) => kind !== 'catalog-backup')
    expect(runs.slice(0, 3).map(({ kind }) => kind)).toEqual(['restore', 'backup', 'backup'])
    expect(await ok('runs', '--failed')).toBe('No run failed.\n')
    expect(await ok('runs', '-n', '1')).toContain('There are more: --limit 2')
    const backup = runs[2]?.id ?? ''
    expect(await ok('run', backup.slice(0, 13))).toMatch(/^What: +backup of home$[^]*\+ .* {2}done after/m)
    const told = await scene.json(['run', backup, '--follow'])
    expect(told.at(-1)).toMatchObject({ message_type: 'run', id: backup, state: 'succeeded' })
  })

  it('has a vault looked after', async () => {
    expect(await ok('vault', 'check', 'first', '--read-data', '--wait')).toContain('No damage was found')
    expect(await ok('vault', 'verify', 'first', '--set', 'home', '--wait')).toContain('Succeeded')
    expect(await ok('vault', 'prune', 'first', '--wait')).toContain('Succeeded')
    expect(await ok('vault', 'forget', 'first', '--wait')).toContain('Succeeded')
  })

  it('tells that everything is protected, and why points are kept', async () => {
    const { code, stdout } = await scene.call('status', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout) as Overview).toMatchObject({ state: 'protected', sets: { protected: 1 } })
    expect(await ok('set', 'retention', 'home')).toMatch(/newest-complete/)
  })

  it('makes users and tokens, which may what they were given', async () => {
    writeFileSync(at('kim-password'), 'a long password of kim\n')
    const user = await scene.one<User>(
      ['user', 'add', 'kim', '--role', 'viewer', '--password-file', at('kim-password'), '--source-root', '/home/kim'],
      'user',
    )
    expect(user).toMatchObject({ role: 'viewer', sourceRoots: ['/home/kim'] })
    expect(await ok('user', 'edit', 'kim', '--role', 'operator', '--any-source')).toContain('(operator)')
    const create = ['token', 'create', 'mon', '--access', 'view', '--output', at('token'), '--password-file']
    expect((await scene.call(...create, at('kim-password'))).stderr).toContain('not the password that you sign in with')
    const token = await scene.one<Token>([...create, scene.passwordFile], 'token')
    expect(token).not.toHaveProperty('secret')
    expect(statSync(at('token')).mode & 0o777).toBe(0o600)
    const env = { ...scene.env, HOME: at('nobody'), HOLDFAST_TOKEN_FILE: at('token'), HOLDFAST_URL: scene.service.url }
    const { runHoldfast } = await import('../support/holdfast.ts')
    expect(await runHoldfast(['status'], { env })).toMatchObject({ code: 0 })
    expect(await runHoldfast(['backup', 'home'], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs other rights') as unknown,
    })
    await ok('token', 'revoke', 'mon')
    expect(await runHoldfast(['status'], { env })).toMatchObject({
      code: 12,
      stderr: expect.stringContaining('holdfast login') as unknown,
    })
    await ok('user', 'remove', 'kim')
  })

  it('exports a recovery kit once, with which restic opens the vault', async () => {
    const kit = at('kit.txt')
    writeFileSync(at('wrong'), 'not the password\n')
    const wrong = await scene.call('export-kit', 'first', '--output', kit, '--password-file', at('wrong'))
    expect([wrong.code, existsSync(kit)]).toEqual([12, false])
    // Which of all passwords is meant, and nothing about a name or signing in anew.
    expect(wrong.stderr).toBe(
      'That is not the password that you sign in with.\nNothing was changed, and no secret was told.\n' +
        'Give your own password of this appliance, and not that of a vault.\n',
    )
    await ok('export-kit', 'first', '--output', kit, '--password-file', scene.passwordFile)
    expect(statSync(kit).mode & 0o777).toBe(0o600)
    const password = /^Password: +(\S+)$/m.exec(readFileSync(kit, 'utf8'))?.[1] ?? ''
    const restic = spawnSync('restic', ['-r', at('vault'), 'snapshots', '--json'], {
      env: { ...process.env, RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: at('cache') },
      encoding: 'utf8',
    })
    expect([restic.status, restic.stderr]).toEqual([0, ''])
    expect((JSON.parse(restic.stdout) as unknown[]).length).toBeGreaterThan(0)
    const again = await scene.call('export-kit', 'first', '--output', kit, '--password-file', scene.passwordFile)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`${kit} is there already.`)])
    expect(readFileSync(kit, 'utf8')).toContain(password)
    const second = ['export-kit', 'first', '--output', at('kit-2.txt'), '--password-file', scene.passwordFile]
    const refused = await scene.call(...second)
    expect([refused.code, existsSync(at('kit-2.txt'))]).toEqual([1, false])
    expect(refused.stderr).toMatch(/^The recovery kit of first was exported already: .* by admin\.\n/)
    expect(refused.stderr).toContain('--again')
    await ok(...second, '--again')
    expect(readFileSync(at('kit-2.txt'), 'utf8')).toContain(password)
  })

  it('changes settings, and shows who did what', async () => {
    expect(await ok('settings', 'logDays', '30')).toBe('logDays is 30 now.\n')
    expect(await ok('settings', 'listen.hosts', 'nas.example,nas')).toContain('when the service is started again')
    expect(await ok('settings', 'listen.hosts')).toBe('nas.example,nas\n')
    expect(await ok('audit', '--operation', 'settings.update')).toMatch(/admin +settings\.update +done/)
  })

  it('signs out: the token is worth nothing any more, and is gone', async () => {
    const file = at('home', '.config', 'holdfast', 'logins.json')
    const token = /hft_[\w-]+/.exec(readFileSync(file, 'utf8'))?.[0] ?? ''
    expect(token).not.toBe('')
    expect(await ok('logout')).toContain('Signed out')
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${scene.service.url}/api/v1/overview`, { headers })).status).toBe(401)
    expect(readFileSync(file, 'utf8')).not.toContain('hft_')
    expect(await scene.call('status', '--url', scene.service.url)).toMatchObject({ code: 12 })
  })
})
