import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { isCode } from '../../../../core/base/index.ts'
import { physicalRoots, type Reacher, resolveTarget } from '../../../../core/identity/index.ts'

// The whole tree lies in a temporary folder, and `/tmp` is no system folder.
let home: string
let data: string
let user: Reacher
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-reach-')))
  for (const name of ['allowed/folder', 'allowed2', 'data/catalog', 'others']) mkdirSync(at(name), { recursive: true })
  data = at('data')
  user = { isAdministrator: false, roots: [at('allowed')] }
})
afterEach(() => rmSync(home, { recursive: true }))

const at = (name: string): string => join(home, name)
const link = (target: string, name: string): void => symlinkSync(target, at(name))
const resolve = async (path: string, by = user, signal?: AbortSignal): Promise<string> =>
  String(await resolveTarget(Buffer.from(path), { user: by, dataFolder: Buffer.from(data), signal }))

/** Refused, with the path as it was given and what to do. */
async function expectForbidden(path: string, by = user): Promise<void> {
  const error: unknown = await resolve(path, by).catch((thrown: unknown) => thrown)
  if (!isCode(error, 'policy/forbidden')) throw new Error(`${path} was not refused`, { cause: error })
  expect(error.message).toContain(path)
  expect(error.remedy).toContain('ask an administrator')
}

describe('a restore goes to', () => {
  it.each([
    ['allowed', 'allowed'],
    ['allowed/folder', 'allowed/folder'],
    ['allowed/new/newer', 'allowed/new/newer'],
    ['allowed//folder/./x/../y/', 'allowed/folder/y'],
  ])('%s, where that is allowed', async (wanted, resolved) => {
    expect(await resolve(`${home}/${wanted}`)).toBe(at(resolved))
  })

  it.each([
    ['folder', 'allowed/folder'],
    ['./folder/../folder', 'allowed/folder'],
    ['not/there', 'allowed/not/there'],
    ['missing/../folder', 'allowed/folder'],
    ['../allowed2/../allowed/folder', 'allowed/folder'],
  ])('where a link leads (%s), by its physical path, where that is allowed', async (target, resolved) => {
    link(target, 'allowed/link')
    expect(await resolve(at('allowed/link'))).toBe(at(resolved))
    expect(await resolve(at('allowed/link/x'))).toBe(`${at(resolved)}/x`)
  })

  it('wherever an administrator wants it', async () => {
    const administrator: Reacher = { isAdministrator: true, roots: null }
    link('/etc', 'allowed/link')
    expect(await resolve('/etc', administrator)).toBe('/etc')
    expect(await resolve(at('allowed/link/new'), administrator)).toBe('/etc/new')
    expect(await resolve(at('data'), administrator)).toBe(data)
  })

  it('any folder but the system’s, for a user of no roots', async () => {
    const anybody: Reacher = { isAdministrator: false, roots: null }
    expect(await resolve(at('others/new'), anybody)).toBe(at('others/new'))
    for (const path of ['/', '/etc', '/etc/sudoers', '/root', '/proc/self/root/tmp', data, at('data/catalog'), home])
      await expectForbidden(path, anybody)
  })
})

describe('a restore is refused', () => {
  it.each(['/etc/sudoers', '/etc', '/', '/etc/../etc/sudoers.d', '/proc/self/root/etc', '/tmp/../etc', '//etc'])(
    'that aims at %s',
    async (path) => expectForbidden(path),
  )

  it.each(['allowed2', 'allowed2/x', 'allowed/..', 'allowed/../others', 'others', 'data', ''])(
    'that aims at %s, beside what is allowed',
    async (path) => expectForbidden(`${home}/${path}`),
  )

  it.each([
    ['a link to a system folder', () => '/etc'],
    ['a link to a system file', () => '/etc/sudoers'],
    ['a dangling link into a system folder', () => '/etc/sudoers.d/not/there'],
    ['a dangling link beside', () => at('allowed2/not there')],
    ['a relative link', () => '../others'],
    ['a relative link by way of a folder', () => 'folder/../../allowed2'],
    ['a relative link up to the root', () => `${'../'.repeat(30)}etc`],
    ['a relative link by way of what is missing', () => 'missing/../../others'],
    ['a link to the data folder', () => at('data')],
    ['a link into the data folder', () => at('data/catalog')],
    ['a link to what the data folder lies in', () => home],
    ['a link through /proc', () => '/proc/self/root/etc'],
    ['a link through /proc back to what is allowed', () => `/proc/self/root${at('allowed')}`],
    ['a link through a working folder', () => '/proc/self/cwd'],
    ['a link to a device', () => '/dev/null'],
  ])('that aims at %s', async (_, target) => {
    link(target(), 'allowed/link')
    for (const path of ['allowed/link', 'allowed/link/', 'allowed/link/below', 'allowed/./link/../link'])
      await expectForbidden(`${home}/${path}`)
    // As part of a chain, which begins with a relative one.
    link('link', 'allowed/first')
    link(at('allowed/first'), 'allowed/second')
    await expectForbidden(at('allowed/second/x'))
    link('..', 'allowed/folder/up')
    await expectForbidden(at('allowed/folder/up/second'))
  })

  it('that aims at the system by a link, for a user of no roots, too', async () => {
    link('/etc', 'others/link')
    await expectForbidden(at('others/link/x'), { isAdministrator: false, roots: null })
  })

  it('that aims at a root which is a link: it could be exchanged for another', async () => {
    link('others', 'root')
    await expectForbidden(at('root/x'), { isAdministrator: false, roots: [at('root')] })
  })

  it('and the error does not say where a link leads', async () => {
    link('/root/secret-project', 'allowed/link')
    await expect(resolve(at('allowed/link'))).rejects.not.toThrow('secret-project')
  })

  it('the same whether something lies in the system’s folders or not', async () => {
    link('/etc/hostname/x', 'allowed/there')
    link('/etc/surely not there/x', 'allowed/missing')
    await expectForbidden(at('allowed/there'))
    await expectForbidden(at('allowed/missing'))
  })

  it('where no folder can be: a file, or links in a circle', async () => {
    writeFileSync(at('allowed/file'), '')
    link('circle', 'allowed/circle')
    for (const path of ['allowed/file', 'allowed/file/x', 'allowed/circle', 'allowed/circle/x'])
      await expect(resolve(at(path))).rejects.toThrow(
        expect.objectContaining({
          code: 'target/refused',
          message: expect.stringContaining(at(path)) as unknown,
        }) as Error,
      )
  })

  it('that nobody wants any more', async () => {
    await expect(resolve(at('allowed'), user, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  })
})

describe('another name of the same folder', () => {
  it('is as much of the system: the data folder by a link that leads to it', async () => {
    link('data', 'data-link')
    const dataFolder = Buffer.from(at('data-link'))
    const anybody: Reacher = { isAdministrator: false, roots: null }
    for (const path of ['data', 'data/catalog/x', 'data-link'])
      await expect(resolveTarget(Buffer.from(at(path)), { user: anybody, dataFolder })).rejects.toThrow(
        expect.objectContaining({ code: 'policy/forbidden' }) as Error,
      )
  })
})

describe('roots', () => {
  it('are kept by their physical paths', async () => {
    link('others', 'root')
    mkdirSync(at('others/back\\slash'))
    expect(await physicalRoots([at('root/x'), `${at('root')}/back\\\\slash`, at('allowed/../allowed')])).toEqual([
      at('others/x'),
      `${at('others')}/back\\\\slash`,
      at('allowed'),
    ])
    expect(await physicalRoots(null)).toBeNull()
  })

  it('of bytes that are no text, too', async () => {
    const path = Buffer.concat([Buffer.from(`${home}/others/`), Buffer.of(0xff, 0xe9)])
    mkdirSync(path)
    const roots = await physicalRoots([`${home}/others/\\xff\\xe9`])
    expect(roots).toEqual([`${home}/others/\\xff\\xe9`])
    const resolved = await resolveTarget(Buffer.concat([path, Buffer.from('/x')]), {
      user: { isAdministrator: false, roots },
    })
    expect(resolved).toEqual(Buffer.concat([path, Buffer.from('/x')]))
  })
})
