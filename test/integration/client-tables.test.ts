import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type ServiceScene, startScene } from '../support/service-scene.ts'
import { runAtTerminal } from '../support/terminal.ts'

/** Names as people give them, of which each is half of a line. */
const LONG = {
  vault: 'the vault on the second shelf of the cellar',
  source: 'the file server of the accounts department',
  policy: 'every night, and longer at the end of a month',
  set: 'accounts and letters of all the years before',
}

const LISTS = [
  ['vault', 'list'],
  ['source', 'list'],
  ['policy', 'list'],
  ['set', 'list'],
  ['set', 'retention', LONG.set],
  ['points'],
  ['runs'],
  ['alerts'],
  ['user', 'list'],
  ['token', 'list'],
  ['audit'],
  ['policy', 'preview', LONG.policy],
]

describe('lists at a terminal of 80 characters', () => {
  let scene: ServiceScene
  const at = (...names: string[]): string => join(scene.folder, ...names)

  beforeAll(async () => {
    scene = await startScene()
    await scene.login()
    mkdirSync(at('source'))
    writeFileSync(at('source', 'letter.txt'), 'Dear Sirs,\n')
    writeFileSync(at('password-of-kim'), 'a long password of kim\n')
    const roots = ['--source-root', '/home/kim/letters', '--restore-root', '/home/kim/what came back']
    for (const args of [
      ['vault', 'add', LONG.vault, at('a folder of which nobody thought that it would be so long')],
      ['source', 'add', LONG.source, '--host', 'files.accounts.of-the-whole-house.example'],
      ['policy', 'add', LONG.policy, '--daily', '12:00,22:00', '--monthly', '1,15,-1@04:00', '--keep-years', '7'],
      ['set', 'add', LONG.set, '--root', at('source')],
      ['backup', LONG.set, '--wait'],
      [
        'user',
        'add',
        'kim.of.accounts@example',
        '--role',
        'restore-only',
        '--password-file',
        at('password-of-kim'),
        ...roots,
      ],
      ['user', 'edit', 'kim.of.accounts@example', '--disable'],
      [
        'token',
        'create',
        'what looks at it every five minutes',
        '--access',
        'view,browse',
        '--output',
        at('token'),
        '-p',
        scene.passwordFile,
      ],
    ])
      expect(await scene.call(...args)).toMatchObject({ code: 0 })
    expect(await scene.call('backup', LONG.set, '--wait')).toMatchObject({ code: 0 })
    // An alert that tells of long paths.
    renameSync(at('source'), at('away'))
    expect(await scene.call('backup', LONG.set, '--wait')).toMatchObject({ code: 1 })
  })
  afterAll(() => scene[Symbol.asyncDispose]())

  it.each(LISTS.map((args) => [args.join(' '), args] as const))('%s fits', async (_, args) => {
    const { code, shown } = await runAtTerminal(args, [], { HOME: at('home') })
    // The first line is the terminal's own.
    const [, ...lines] = shown.split('\r\n')
    const rule = lines.findIndex((line) => /^-{20,}$/.test(line))
    expect(code).toBe(0)
    expect(rule).toBeGreaterThan(0)
    const table = lines.slice(rule - 1)
    expect(table.filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([])
  })

  it('says all the same in a file, on one line for each', async () => {
    const { stdout } = await scene.call('vault', 'list')
    expect(stdout.split('\n')[2]).toMatch(new RegExp(`^[0-9a-f-]{13}  ${LONG.vault}  ready .* NO   /.*so long$`))
  })
})
