import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/peer/describe-with.ts'
import { expectSameTree } from '../support/tree-listing.ts'

const BUILT = fileURLToPath(new URL('../../out/node/holdfast', import.meta.url))

/** As if the package were not installed, in worker threads too. */
const HIDE_KOFFI = `
const module_ = require('node:module')
const load = module_._load
module_._load = function (request, ...rest) {
  if (request === 'koffi') throw new Error('not installed')
  return load.call(this, request, ...rest)
}
`

describeWith(['acl', 'attr'], 'the program as it is built', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-built-'))
  const hide = join(home, 'hide-koffi.cjs')

  function built(env: Record<string, string>, ...args: string[]): { code: number | null; stderr: string } {
    const { status, stderr } = spawnSync(BUILT, ['repo', ...args], {
      cwd: home,
      // Neither this checkout nor its Node may be found by chance.
      env: { PATH: '/usr/bin:/bin', HOME: home, RESTIC_PASSWORD: 'built', RESTIC_REPOSITORY: 'vault', ...env },
      encoding: 'utf8',
    })
    return { code: status, stderr }
  }

  beforeAll(() => {
    expect(existsSync(BUILT), 'npm run build').toBe(true)
    writeFileSync(hide, HIDE_KOFFI)
    mkdirSync(join(home, 'source/folder'), { recursive: true })
    const file = join(home, 'source/folder/file')
    writeFileSync(file, 'content')
    execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', file])
    execFileSync('setfacl', ['-m', 'u:1234:rw', file])
    execFileSync('mkfifo', [join(home, 'source/fifo')])
    for (const name of ['file', '']) {
      execFileSync('touch', ['-d', '2024-05-06 07:08:09.123456789', join(home, 'source/folder', name)])
    }
    expect(built({}, 'init', '--quiet')).toEqual({ code: 0, stderr: '' })
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('keeps and brings back attributes, ACLs, FIFOs and nanoseconds, from wherever it is called', () => {
    expect(built({}, 'backup', '--quiet', 'source')).toEqual({ code: 0, stderr: '' })
    expect(built({}, 'restore', '--quiet', `latest:${home}`, '--target', 'restored', '--verify')).toEqual({
      code: 0,
      stderr: '',
    })
    expectSameTree(join(home, 'restored/source'), join(home, 'source'), ['fifo'])
  })

  it('warns of all that is lost where koffi is not installed', () => {
    const env = { NODE_OPTIONS: `--require ${hide}` }
    const restored = built(env, 'restore', '--quiet', `latest:${home}`, '--target', 'restored without')
    expect(restored.code).toBe(1)
    expect(restored.stderr).toMatch(/^attributes: source\/folder\/file: .*koffi is not installed$/m)
    expect(restored.stderr).toMatch(/^times: source\/folder: .*microsecond only/m)
    expect(restored.stderr).toMatch(/^file: source\/fifo: .*cannot be made on this machine$/m)
    const backedUp = built({ ...env, HOME: home }, 'backup', '--quiet', 'source', '--log-dir', join(home, 'log'))
    expect(backedUp.code).toBe(3)
    expect(backedUp.stderr).toMatch(/^attributes: .* \(extended attributes: .*koffi is not installed\)$/m)
  })
})
