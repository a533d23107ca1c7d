import { normalize } from 'node:path/posix'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { assertSourceReach, isSystemPath, leadsTo, mayReach, type Reacher } from '../../../../core/identity/index.ts'

const dataFolder = Buffer.from('/srv/holdfast')
const user = (roots: readonly string[] | null, isAdministrator = false): Reacher => ({ isAdministrator, roots })
const reaches = (path: string, by: Reacher): boolean => mayReach(Buffer.from(path, 'latin1'), by, { dataFolder })

describe('a system path', () => {
  it.each([
    '/',
    '/etc',
    '/etc/sudoers',
    '/bin/sh',
    '/sbin',
    '/usr/bin',
    '/boot',
    '/proc/self/root/srv',
    '/sys',
    '/dev/sda',
    '/run',
    '/var',
    '/var/tmp/x',
    '/var/www',
    '/root/.ssh',
    '/lib',
    '/lib64/x',
    '/lib32',
    '/libx32',
    '/efi',
    '/nix',
    '//etc',
    '/./etc',
    '/home/../etc',
    '/home/..',
    '/..',
    '/../etc',
    '///',
    '/etc/../usr',
    '/srv/holdfast/key',
    '/srv/x/../holdfast',
    '/srv//holdfast/',
  ])('is %s', (path) => {
    expect(isSystemPath(Buffer.from(path), { dataFolder })).toBe(true)
  })

  it.each([
    '/home',
    '/srv',
    '/srv/holdfast2',
    '/srv/holdfas',
    '/etc2',
    '/library',
    '/tmp',
    '/mnt/etc',
    '/opt',
    '/media',
    '/etc/../home',
    '/home/etc',
    '/variable',
    '/Etc',
  ])('is not %s', (path) => {
    expect(isSystemPath(Buffer.from(path), { dataFolder })).toBe(false)
  })

  it.each(['', 'etc', './etc', '../etc', 'home/x', '/home\0/x'])('is asked for by a whole path only: %j', (path) => {
    expect(() => isSystemPath(Buffer.from(path))).toThrow(expect.objectContaining({ code: 'input/invalid' }))
  })
})

describe('a user', () => {
  it('reaches his roots and what lies in them, name by name', () => {
    const anna = user(['/srv/a', '/home/anna/'])
    for (const path of ['/srv/a', '/srv/a/b/c', '/srv//a/./b', '/srv/b/../a', '/home/anna', '/srv/a/..a', '/srv/a/...'])
      expect(reaches(path, anna)).toBe(true)
    for (const path of [
      '/srv',
      '/srv/a2',
      '/srv/ab/c',
      '/srv/a/..',
      '/srv/a/../b',
      '/home',
      '/',
      '/home/ann',
      '/srv/A',
    ])
      expect(reaches(path, anna)).toBe(false)
  })

  it('without roots reaches nothing, and with null all but the system', () => {
    expect(reaches('/home', user([]))).toBe(false)
    expect(reaches('/home', user(null))).toBe(true)
    expect(reaches('/etc', user(null))).toBe(false)
    expect(reaches('/', user(null))).toBe(false)
  })

  it('who is no administrator reaches no system path by any root', () => {
    for (const roots of [null, ['/'], ['/etc'], ['/srv/holdfast']]) {
      for (const path of ['/etc', '/etc/x', '/srv/holdfast', '/srv/holdfast/key', '/'])
        expect(reaches(path, user(roots))).toBe(false)
    }
  })

  it('reaches no folder that the data folder lies in: he would reach that, too', () => {
    expect(reaches('/srv', user(null))).toBe(false)
    expect(reaches('/srv', user(['/srv']))).toBe(false)
    expect(reaches('/srv/other', user(['/srv']))).toBe(true)
    expect(mayReach(Buffer.from('/srv'), user(['/srv']))).toBe(true)
    const ownFolders = [Buffer.from('/srv/vaults/main')]
    expect(mayReach(Buffer.from('/srv/vaults'), user(['/srv']), { ownFolders })).toBe(false)
    expect(mayReach(Buffer.from('/srv/vaults/main/keys'), user(['/srv']), { ownFolders })).toBe(false)
  })

  it('who is an administrator reaches the system, and no more than his roots where he has any', () => {
    expect(reaches('/etc', user(null, true))).toBe(true)
    expect(reaches('/', user(null, true))).toBe(true)
    expect(reaches('/etc', user(['/srv'], true))).toBe(false)
    expect(reaches('/etc/x', user(['/etc'], true))).toBe(true)
  })

  it('has roots of any bytes, written as the contract writes them', () => {
    const odd = user(['/srv/\\xff1', '/srv/back\\\\slash', '/srv/ü'])
    expect(reaches('/srv/\xff1/x', odd)).toBe(true)
    expect(reaches('/srv/\xfe1', odd)).toBe(false)
    expect(reaches('/srv/back\\slash', odd)).toBe(true)
    expect(mayReach(Buffer.from('/srv/ü/x'), odd)).toBe(true)
    for (const bad of ['/srv/\\q', '/srv/\\', '/srv/\\x0', '/srv/\\x00', 'srv'])
      expect(() => reaches('/srv/x', user([bad]))).toThrow(expect.objectContaining({ code: 'input/invalid' }))
  })
})

const cut = (text: string): string => `${normalize(text)}/`.replaceAll(/\/+/g, '/')

/** By Node's own normalising, and by texts: another way than ours. */
function naively(wanted: string, roots: readonly string[]): boolean {
  const whole = cut(wanted)
  return whole !== '/' && !whole.startsWith('/etc/') && roots.some((root) => whole.startsWith(cut(root)))
}

describe('whatever paths and roots there are', () => {
  const name = fc.constantFrom('a', 'ab', 'b', '.', '..', '', 'etc', '...', 'a b')
  const path = fc.array(name, { maxLength: 6 }).map((names) => `/${names.join('/')}`)

  it('somebody reaches what a naive look at the texts says', () => {
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 3 }), (wanted, roots) => {
        expect(mayReach(Buffer.from(wanted), user(roots))).toBe(naively(wanted, roots))
      }),
      { numRuns: 2000 },
    )
  })

  it('he who reaches a folder reaches what lies in it, and is led to it from /', () => {
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 3 }), fc.constantFrom('a', 'etc', 'x'), (wanted, roots, below) => {
        const by = user(roots)
        if (!mayReach(Buffer.from(wanted), by)) return
        expect(mayReach(Buffer.from(`${wanted}/${below}`), by)).toBe(true)
        const names = normalize(wanted).split('/').filter(Boolean)
        for (let length = 0; length <= names.length; length++)
          expect(leadsTo(Buffer.from(`/${names.slice(0, length).join('/')}`), by)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

const leads = (path: string, by: Reacher): boolean => leadsTo(Buffer.from(path), by, { dataFolder })

it('somebody is led to his roots, and shown nothing on the way that does not lead there', () => {
  const anna = user(['/srv/a'])
  for (const path of ['/', '/srv', '/srv/a', '/srv/a/b']) expect(leads(path, anna)).toBe(true)
  for (const path of ['/home', '/srv/b', '/etc', '/srv/holdfast']) expect(leads(path, anna)).toBe(false)
  for (const path of ['/', '/srv', '/home']) expect(leads(path, user(null))).toBe(true)
  for (const path of ['/etc', '/srv/holdfast']) expect(leads(path, user(null))).toBe(false)
  expect(leads('/etc', user(null, true))).toBe(true)
})

function take(paths: readonly string[], by: Reacher): void {
  assertSourceReach(
    paths.map((path) => Buffer.from(path)),
    by,
    { dataFolder },
  )
}

describe('what is taken of a recovery point', () => {
  it('is within the roots of whoever takes it, all of it', () => {
    expect(() => take(['/srv/a/x', '/srv/a'], user(['/srv/a']))).not.toThrow()
    expect(() => take([], user([]))).not.toThrow()
  })

  it.each([['/'], ['/srv/a/x', '/srv/b'], ['/srv/a/../b'], ['/etc/shadow'], ['/srv/holdfast/key'], ['/srv']])(
    'is refused by its name where it is not: %j',
    (...paths) => {
      expect(() => take(paths, user(['/srv/a', '/etc', '/srv/holdfast']))).toThrow(
        expect.objectContaining({
          code: 'policy/forbidden',
          message: expect.stringContaining(paths.at(-1) ?? '') as unknown,
          remedy: expect.stringContaining('/srv/a') as unknown,
        }),
      )
    },
  )
})
