import { Writable } from 'node:stream'

import * as fc from 'fast-check'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

import { REDACTED_PATHS, redactDetails } from '../../../../core/secret/index.ts'

const SECRET = 'correct horse battery staple'

describe('details for the audit', () => {
  it.each([
    'password',
    'newPassword',
    'mail_password',
    'PASSWORD2',
    'userpassword',
    'passphrase',
    'webhookSecret',
    'token',
    'X-Auth-Token',
    'totp',
    'otp',
    'key',
    'apiKey',
    'api_key',
    'privateKey',
    'SSHKey',
    'Authorization',
    'authorisation',
    'Cookie',
    'set-cookie',
    'credentials',
    'pin',
    // `account.changePassword` of the contract.
    'current',
    'next',
  ])('show nothing of %s', (name) => {
    expect(redactDetails({ [name]: SECRET })).toEqual({ [name]: '[removed]' })
    expect(redactDetails({ [name]: [{ deep: SECRET }] })).toEqual({ [name]: '[removed]' })
    expect(redactDetails({ [name]: 123_456 })).toEqual({ [name]: '[removed]' })
  })

  it.each(['name', 'path', 'keyboard', 'monkey', 'spinner', 'author', 'compass', 'id', 'address'])(
    'show %s',
    (name) => {
      expect(redactDetails({ [name]: 'shown' })).toEqual({ [name]: 'shown' })
    },
  )

  it('show whether something was asked for, and that a secret was removed', () => {
    const details = { removeTotp: true, hasMailPassword: false, mailPassword: null }
    expect(redactDetails(details)).toEqual(details)
  })

  it('show an address without its password, and no secret of ours in any text', () => {
    expect(redactDetails({ url: `https://me:pass@host/x`, text: `see hft_${'a'.repeat(43)}.` })).toEqual({
      url: 'https://[removed]@host/x',
      text: 'see [removed].',
    })
  })

  it('never hold a string that stood anywhere below the name of a secret', () => {
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(fc.constantFrom('name', 'password', 'items', '__proto__', 'sessionToken'), tie('value')),
        fc.record({ apiKey: fc.array(fc.record({ any: fc.constant(SECRET) })) }),
      ),
    })).value
    fc.assert(
      fc.property(tree, (value) => {
        const before = structuredClone(value)
        const text = JSON.stringify(redactDetails(value))
        expect(text).not.toContain(SECRET)
        expect(value).toEqual(before)
      }),
    )
  })

  it('are a copy, in which __proto__ is a name like any other', () => {
    const given: unknown = JSON.parse('{"__proto__": {"a": 1}, "list": [{"b": 2}]}')
    const copy = redactDetails(given)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(given))
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(copy).not.toBe(given)
  })

  it('are something that JSON can say, whatever was given', () => {
    const circle: Record<string, unknown> = { n: 1n, bytes: Buffer.alloc(3), nan: Number.NaN, error: new Error('why') }
    circle['again'] = circle
    expect(redactDetails(circle)).toEqual({ n: '1', bytes: '[3 bytes]', nan: 'NaN', error: 'why', again: '[again]' })
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown
    expect(JSON.stringify(redactDetails(deep))).toContain('[too deep]')
  })
})

function logged(line: object): string {
  let text = ''
  const into = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      done()
    },
  })
  pino({ redact: [...REDACTED_PATHS] }, into).info(line)
  return text
}

describe('a log', () => {
  it.each([
    { password: SECRET },
    { input: { password: SECRET } },
    { call: { input: { mailPassword: SECRET } } },
    { a: { b: { c: { secret: SECRET } } } },
    { input: { current: SECRET, next: SECRET } },
    { totp: SECRET },
    { req: { headers: { authorization: SECRET, cookie: SECRET, 'x-api-key': SECRET } } },
    { res: { headers: { 'set-cookie': SECRET } } },
  ])('shows no secret of %j', (line) => {
    expect(logged(line)).not.toContain(SECRET)
    expect(logged(line)).toContain('[Redacted]')
  })

  it('shows the rest', () => {
    expect(logged({ name: SECRET })).toContain(SECRET)
  })
})
