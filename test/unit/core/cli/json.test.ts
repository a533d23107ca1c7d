import { describe, expect, it } from 'vitest'

import { singleLine, stringify, stringifyText } from '../../../../core/cli/json.ts'

it('JSON for programs keeps every digit of sizes and inodes', () => {
  expect(stringify({ size: 18_446_744_073_709_551_615n, list: [9_007_199_254_740_993n], text: '1n' })).toBe(
    '{"size":18446744073709551615,"list":[9007199254740993],"text":"1n"}',
  )
})

describe('what somebody else wrote, in JSON for programs', () => {
  const UNSEEN = '\u007F\u0080\u009B31m\u009D\u200B\u200E\u2028\u202A\u202E\u2066\u2069\uFEFF\u{E0041}'

  it.each([
    ['an object', stringify({ [`key ${UNSEEN}`]: [`value ${UNSEEN}`] })],
    ['a text', stringifyText(`value ${UNSEEN}`)],
    ['a document that is shown as it is stored', singleLine(`{"key":"value ${UNSEEN}"}`)],
  ])('steers no terminal, and means the same: %s', (_, json) => {
    expect(json).toMatch(/^[\x20-\x7e]+$/)
    expect(json).toContain(
      String.raw`value \u007f\u0080\u009b31m\u009d\u200b\u200e\u2028\u202a\u202e\u2066\u2069\ufeff\udb40\udc41`,
    )
    expect(JSON.stringify(JSON.parse(json))).toContain(`value ${UNSEEN}`)
  })

  it('keeps what can be seen as it is', () => {
    expect(stringifyText('Grüße, 世界 🙂 "x"\n')).toBe(String.raw`"Grüße, 世界 🙂 \"x\"\n"`)
  })

  it('is one line, whatever stands between the members of a document', () => {
    const json = singleLine('{"a":\r\n\t[1,\n2]}')
    expect(json).not.toMatch(/[\r\n\t]/)
    expect(JSON.parse(json)).toEqual({ a: [1, 2] })
  })
})
