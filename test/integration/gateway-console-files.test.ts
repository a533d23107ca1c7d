import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type DoorAnswer, openTestDoor, type TestDoor } from '../support/door.ts'

describe("the console's files", () => {
  let folder: string
  let at: TestDoor

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'console-'))
    const files = join(folder, 'files')
    await mkdir(join(files, 'assets'), { recursive: true })
    await mkdir(join(files, '.hidden'))
    await writeFile(join(folder, 'secret.txt'), 'a secret beside the console')
    await writeFile(join(files, 'index.html'), '<!doctype html><title>Holdfast</title>')
    await writeFile(join(files, 'assets', 'app-1a2b.js'), 'export {}\n')
    await writeFile(join(files, '.hidden', 'notes.txt'), 'hidden')
    await symlink(join(folder, 'secret.txt'), join(files, 'linked.txt'))
    await symlink(folder, join(files, 'linked'))
    at = await openTestDoor({ consoleFolder: files })
  })
  afterAll(async () => {
    await at.door.close({ within: 100 })
    await rm(folder, { recursive: true })
  })

  const get = (path: string, headers = {}): Promise<DoorAnswer> => at.send({ path, headers })

  it('are kept for ever by browsers where their names tell one from the next, and the page is asked for each time', async () => {
    const script = await get('/assets/app-1a2b.js')
    expect([script.status, script.text, script.headers['content-type']]).toEqual([
      200,
      'export {}\n',
      'text/javascript; charset=utf-8',
    ])
    expect(script.headers['cache-control']).toContain('immutable')
    const page = await get('/vaults/some-vault?tab=runs')
    expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-cache'])
    expect(page.text).toContain('<title>Holdfast')
    const tag = String(page.headers['etag'])
    const again = await get('/', { 'if-none-match': `"other", ${tag}` })
    expect([again.status, again.text]).toEqual([304, ''])
    expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('are not what is not there: no page is kept for ever in its place', async () => {
    for (const path of ['/assets/nope', '/assets/nope.js', '/assets/', '/nope.js', '/assets/../nope.js', '/%ff.js']) {
      const answer = await get(path)
      expect([path, answer.status, answer.headers['cache-control']]).toEqual([path, 404, 'no-store'])
    }
  })

  it('do not lead out of their folder, by links or by names', async () => {
    for (const path of [
      '/linked.txt',
      '/linked/secret.txt',
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/.hidden/notes.txt',
      '/assets/..%2f..%2fsecret.txt',
    ]) {
      const answer = await get(path)
      expect([path, answer.status]).toEqual([path, 404])
    }
  })

  it('are sent whole whatever range is asked for', async () => {
    for (const range of ['bytes=5-2', 'bytes=0-1', 'bytes=99-', 'bytes=-0', 'x'])
      expect((await get('/assets/app-1a2b.js', { range })).text).toBe('export {}\n')
    expect((await get('/healthz')).text).toBe('ok\n')
  })

  it('are sent without content where only the headers are asked for', async () => {
    const answer = await at.send({ method: 'HEAD', path: '/assets/app-1a2b.js' })
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([200, '', '10'])
  })

  it('are served on though they were removed below the service', async () => {
    await rm(join(folder, 'files', 'assets'), { recursive: true })
    expect((await get('/assets/app-1a2b.js')).text).toBe('export {}\n')
    expect((await get('/healthz')).text).toBe('ok\n')
  })

  it('are said to be missing where nobody built them', async () => {
    const bare = await openTestDoor()
    const answer = await bare.send({ path: '/' })
    await bare.door.close({ within: 100 })
    expect([answer.status, answer.text.includes('was not built')]).toEqual([503, true])
  })
})
