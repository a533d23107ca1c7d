import { describe, expect, it } from 'vitest'

import { readCredentials } from '../../../../core/vault-door/request/credentials.ts'

const coded = (text: string): string => Buffer.from(text).toString('base64')

describe('who a request says it is from', () => {
  it('is a name, and a password that may hold anything', () => {
    expect(readCredentials(`Basic ${coded('büro:a:b c')}`)).toEqual({ name: 'büro', password: 'a:b c' })
    expect(readCredentials(`basic ${coded('a:')}`)).toEqual({ name: 'a', password: '' })
  })

  it.each([
    undefined,
    '',
    'Basic',
    'Basic ',
    `Bearer ${coded('a:b')}`,
    `Basic ${coded('ab')}`,
    `Basic ${coded(':b')}`,
    'Basic %%%',
  ])('is nobody where it is no basic authentication: %s', (header) => {
    expect(readCredentials(header)).toBeUndefined()
  })
})
