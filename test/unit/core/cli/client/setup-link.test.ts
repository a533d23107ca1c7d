import { describe, expect, it } from 'vitest'

import { findSetupLink } from '../../../../../core/cli/client/setup-link.ts'

describe('the link of a first start', () => {
  it.each([
    ['http://localhost:8420/setup?token=hfu_aB-1_x', { url: 'http://localhost:8420', token: 'hfu_aB-1_x' }],
    ['  https://[::1]:8420/setup?token=hfu_x\r\n', { url: 'https://[::1]:8420', token: 'hfu_x' }],
    ['hfu_only', { url: undefined, token: 'hfu_only' }],
    ['{"setup_url":"http://localhost:1/setup?token=hfu_json"}', { url: 'http://localhost:1', token: 'hfu_json' }],
  ])('is found in %j', (text, link) => {
    expect(findSetupLink(text)).toEqual(link)
  })

  it('is the last of those that a service has printed, as each start makes a new one', () => {
    const journal = ['first', 'second']
      .map((name) => `Nov 23 10:00:00 nas holdfastd[7]:   http://localhost:8420/setup?token=hfu_${name}\n`)
      .join('Nov 23 10:00:01 nas holdfastd[7]: Holdfast is at work.\n')
    expect(findSetupLink(journal)?.token).toBe('hfu_second')
  })

  it.each(['', 'http://localhost:8420/', 'hfs_session', 'http://localhost:8420/setup?token=other'])(
    'is not in %j',
    (text) => {
      expect(findSetupLink(text)).toBeUndefined()
    },
  )
})
