import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../../../../core/cli/client/connection/address.ts'

describe('the address of a service', () => {
  it.each([
    ['http://localhost:8420', 'http://localhost:8420'],
    ['localhost:8420', 'http://localhost:8420'],
    ['127.0.0.1:8420/', 'http://127.0.0.1:8420'],
    ['[::1]:8420', 'http://[::1]:8420'],
    ['nas.example:8420', 'https://nas.example:8420'],
    ['NAS.example', 'https://nas.example'],
    ['https://nas.example:443/', 'https://nas.example'],
  ])('%s is %s', (text, url) => expect(parseAddress(text)).toBe(url))

  it.each(['', 'ftp://nas', 'https://nas/console', 'https://user:secret@nas', 'https://nas?x', 'https://'])(
    'is not %j',
    (text) => {
      expect(() => parseAddress(text)).toThrow('no address of a service')
    },
  )

  it.each(['http://nas.example', 'http://localhost.example', 'http://127.0.0.1.example', 'http://192.168.1.2:8420'])(
    'is not %s: everybody would read what is sent',
    (text) => expect(() => parseAddress(text)).toThrow('not encrypted'),
  )
})
