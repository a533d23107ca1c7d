import { describe, expect, it } from 'vitest'

import { Refusal } from '../../../../core/vault-door/answer/refusal.ts'
import { readTarget } from '../../../../core/vault-door/request/target.ts'

const NAME = 'a'.repeat(64)

function statusOf(url: string, method = 'GET'): number {
  try {
    readTarget(url, method)
    return 200
  } catch (error) {
    return error instanceof Refusal ? error.status : 0
  }
}

describe('the path of a request', () => {
  it.each([
    ['/data/', { what: 'list', kind: 'pack' }],
    ['/keys/', { what: 'list', kind: 'key' }],
    ['/locks/', { what: 'list', kind: 'lock' }],
    ['/snapshots/', { what: 'list', kind: 'snapshot' }],
    ['/index/', { what: 'list', kind: 'index' }],
    ['/config', { what: 'file', handle: { kind: 'config', name: '' } }],
    [`/data/${NAME}`, { what: 'file', handle: { kind: 'pack', name: NAME } }],
    [`/locks/${NAME}`, { what: 'file', handle: { kind: 'lock', name: NAME } }],
  ])('says what is meant: %s', (url, target) => {
    expect(readTarget(url, 'GET')).toEqual(target)
  })

  it('makes a repository only as the protocol says', () => {
    expect(readTarget('/?create=true', 'POST')).toEqual({ what: 'repository' })
    expect(statusOf('/?create=1', 'POST')).toBe(404)
  })

  it.each([
    '',
    '*',
    '//',
    '/data',
    '/data//',
    '/data/..',
    '/data/../config',
    '/../config',
    '/%64ata/',
    `/data/%61${'a'.repeat(63)}`,
    `/data/${'A'.repeat(64)}`,
    `/data/${'a'.repeat(63)}`,
    `/data/${'a'.repeat(65)}`,
    `/data/${NAME}/`,
    `/data/${NAME}?x`,
    `/data/aa/${NAME}`,
    `/data/${NAME}\n`,
    '/config/',
    '/config%00',
    '/constructor/',
    '/__proto__/',
    `/toString/${NAME}`,
    `http://other/data/${NAME}`,
    `/vault/data/${NAME}`,
  ])('is nothing where it is not of the protocol, letter by letter: %j', (url) => {
    expect(statusOf(url)).toBe(404)
  })

  it.each([
    ['PUT', `/data/${NAME}`],
    ['POST', '/data/'],
    ['DELETE', '/data/'],
    ['HEAD', '/data/'],
    ['PATCH', '/config'],
    ['GET', '/?create=true'],
    ['get', '/config'],
  ])('takes no method that is not for it: %s %s', (method, url) => {
    expect(statusOf(url, method)).toBe(405)
  })
})
