import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { decodeConfig, encodeConfig, parseObject } from '../../../../core/repository/config.ts'

const GOOD = { version: 2, id: 'ab'.repeat(32), chunkerPolynomial: '25b468838dcb75' } as const

function failure(text: string): CoreError {
  try {
    decodeConfig(Buffer.from(text))
  } catch (error) {
    if (error instanceof CoreError) return error
    throw error
  }
  return expect.unreachable()
}

const changed = (change: Record<string, unknown>): string =>
  JSON.stringify({ version: 2, id: GOOD.id, chunker_polynomial: GOOD.chunkerPolynomial, ...change })

describe('a config', () => {
  it('is written as restic writes it, with nothing added', () => {
    expect(encodeConfig(GOOD).toString()).toBe(`{"version":2,"id":"${GOOD.id}","chunker_polynomial":"25b468838dcb75"}`)
  })

  it.each([1, 2] as const)('comes back, of version %d', (version) => {
    expect(decodeConfig(encodeConfig({ ...GOOD, version }))).toEqual({ ...GOOD, version })
  })

  it('of a version of the future is refused with advice', () => {
    const { code, message, safety, remedy } = failure(changed({ version: 3 }))
    expect(code).toBe('repository/unsupported')
    expect(message).toContain('version 3')
    expect([safety, remedy]).toEqual([expect.any(String), expect.any(String)])
  })

  it.each([
    ['', 'no JSON'],
    ['[]', 'a list'],
    ['null', 'null'],
    ['{}', 'an empty object'],
    [changed({ version: '2' }), 'a version that is text'],
    [changed({ version: undefined }), 'no version'],
    [changed({ id: 'ab' }), 'a short id'],
    [changed({ id: 'XY'.repeat(32) }), 'an id of other digits'],
    [changed({ id: 7 }), 'an id that is a number'],
    [changed({ chunker_polynomial: '' }), 'an empty polynomial'],
    [changed({ chunker_polynomial: '1'.repeat(17) }), 'a polynomial of 68 bits'],
    [changed({ chunker_polynomial: '0x25' }), 'a polynomial with a prefix'],
    [changed({ chunker_polynomial: 25 }), 'a polynomial that is a number'],
  ])('of %s (%s) is refused', (text) => {
    expect(failure(text).code).toBe('repository/damaged')
  })
})

describe('parsing a small object', () => {
  it('never quotes the text, not even in a cause: it may be a key', () => {
    try {
      parseObject(Buffer.from('{"mac": TOPSECRET'), 'master key')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'repository/damaged', message: 'The master key is not JSON.' })
      expect(JSON.stringify([String((error as Error).stack), String((error as Error).cause)])).not.toContain('SECRET')
    }
  })
})
