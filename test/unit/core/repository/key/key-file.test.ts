import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { CoreError, isCode } from '../../../../../core/base/index.ts'
import { deriveKey } from '../../../../../core/repository/crypto/key-derivation.ts'
import { createSealer, SEAL_OVERHEAD } from '../../../../../core/repository/crypto/seal.ts'
import { decodeKeyFile, openKeyFile, sealKeyFile } from '../../../../../core/repository/key/key-file.ts'
import { isRoot, rootOnly } from '../../../../support/privilege.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import { FIXED_KEY } from '../fixed-key.ts'
import { OWNER } from '../made-repository.ts'

const SALT = seededBytes('salt', 64)
const sealedFile = await sealKeyFile(FIXED_KEY, 'pass', SALT, OWNER)
const document = JSON.parse(sealedFile.toString()) as Record<string, unknown>
const file = (change: Record<string, unknown>): Buffer => Buffer.from(JSON.stringify({ ...document, ...change }))

function refusal(work: () => unknown): string {
  try {
    work()
    return 'nothing was refused'
  } catch (error) {
    if (error instanceof CoreError) return error.code
    throw error
  }
}

/** Seals what is no master key as if it were one, with a key that is cheap to derive. */
async function sealedAs(plain: Buffer): Promise<Buffer> {
  const data = Buffer.alloc(plain.length + SEAL_OVERHEAD)
  createSealer(await deriveKey('pass', { N: 2, r: 1, p: 1, salt: SALT })).seal(plain, data, 0)
  return file({ N: 2, r: 1, p: 1, data: data.toString('base64') })
}

describe('a key file', () => {
  it('is written with the members that restic writes', () => {
    expect(Object.keys(document)).toEqual(['created', 'username', 'hostname', 'kdf', 'N', 'r', 'p', 'salt', 'data'])
    expect(document).toMatchObject({ ...OWNER, kdf: 'scrypt', salt: SALT.toString('base64') })
    // At least what restic takes where it does not measure the machine (its default parameters).
    expect(document).toMatchObject({ N: 32_768, r: 8, p: 8 })
  })

  it('opens with its password, whatever characters that has, and with no other', async () => {
    expect(await openKeyFile(decodeKeyFile(sealedFile), 'pass')).toEqual(FIXED_KEY)
    expect(await openKeyFile(decodeKeyFile(sealedFile), 'Pass')).toBeUndefined()
    expect(await openKeyFile(decodeKeyFile(sealedFile), '')).toBeUndefined()
    const odd = await sealKeyFile(FIXED_KEY, 'pä\u0000ß 🔑\n', SALT, OWNER)
    expect(await openKeyFile(decodeKeyFile(odd), 'pä\u0000ß 🔑\n')).toEqual(FIXED_KEY)
    expect(await openKeyFile(decodeKeyFile(odd), 'pä')).toBeUndefined()
  })

  it('gives keys that share their memory with nothing else, as they travel to other threads', async () => {
    const key = await openKeyFile(decodeKeyFile(sealedFile), 'pass')
    for (const part of [key?.encrypt, key?.macK, key?.macR]) expect(part?.buffer.byteLength).toBe(part?.byteLength)
  })

  it('does not hold the key or the password in the clear', () => {
    for (const part of [FIXED_KEY.encrypt, FIXED_KEY.macK, FIXED_KEY.macR]) {
      expect(sealedFile.includes(Buffer.from(Buffer.from(part).toString('base64')))).toBe(false)
    }
    expect(sealedFile.includes('pass')).toBe(false)
  })

  it.each([
    [{ N: 0 }, 'damaged'],
    [{ N: -16 }, 'damaged'],
    [{ N: 1.5 }, 'damaged'],
    [{ N: '32768' }, 'damaged'],
    [{ r: 0 }, 'damaged'],
    [{ p: null }, 'damaged'],
    [{ p: 2 ** 60 }, 'damaged'],
    [{ data: '' }, 'damaged'],
    [{ data: 7 }, 'damaged'],
    [{ data: Buffer.alloc(SEAL_OVERHEAD).toString('base64') }, 'damaged'],
    [{ kdf: 'argon2' }, 'unsupported'],
    [{ kdf: undefined }, 'unsupported'],
  ])('with %j is %s', (change, code) => {
    expect(refusal(() => decodeKeyFile(file(change)))).toBe(`repository/${code}`)
  })

  it('that is anything else is refused, and never crashes', () => {
    for (const text of ['', '[]', 'null', '{', '"key"']) {
      expect(refusal(() => decodeKeyFile(Buffer.from(text)))).toBe('repository/damaged')
    }
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(document)), fc.jsonValue()), (members) => {
        const code = refusal(() => decodeKeyFile(file(members)))
        expect(['nothing was refused', 'repository/damaged', 'repository/unsupported']).toContain(code)
      }),
    )
  })

  it.each([
    ['no JSON', 'TOPSECRET'],
    ['no keys', '{}'],
    ['keys of null', '{"mac":null,"encrypt":null}'],
    ['a list of keys', '[]'],
    ['short keys', '{"mac":{"k":"YQ==","r":"YQ=="},"encrypt":"YQ=="}'],
    ['keys that are numbers', '{"mac":{"k":1,"r":2},"encrypt":3}'],
  ])('that seals %s is damaged, and what it sealed is not told', async (_, plain) => {
    const error: unknown = await openKeyFile(decodeKeyFile(await sealedAs(Buffer.from(plain))), 'pass').catch(
      (failure: unknown) => failure,
    )
    expect(isCode(error, 'repository/damaged')).toBe(true)
    const { stack, cause } = error as Error
    expect(`${String(stack)} ${String(cause)}`).not.toContain('SECRET')
  })
})

describe('stretching a password', () => {
  it('gives the keys of RFC 7914, section 12', async () => {
    const { encrypt, macK, macR } = await deriveKey('password', { N: 1024, r: 8, p: 16, salt: Buffer.from('NaCl') })
    expect(Buffer.concat([encrypt, macK, macR]).toString('hex')).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    )
  })

  it.each([
    [2 ** 20, 8, 1],
    [2 ** 30, 8, 1],
    [2 ** 52, 8, 1],
    [2, 2 ** 24, 1],
    [2, 2 ** 40, 1],
    [2, 1, 2 ** 30],
    [2 ** 18, 8, 64],
    [3, 8, 1],
    [1, 8, 1],
    [0, 8, 1],
    [2.5, 8, 1],
    [Number.NaN, 8, 1],
    [16, 0, 1],
    [16, 8, -1],
    [2 ** 15, 8, 2 ** 31],
  ])('is refused for N=%d, r=%d, p=%d before it takes memory', async (N, r, p) => {
    const before = process.resourceUsage().maxRSS
    await expect(deriveKey('pass', { N, r, p, salt: SALT })).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(64 * 1024)
  })

  it('takes wide blocks for which the library itself counts a little more memory', async () => {
    await expect(deriveKey('pass', { N: 2, r: 16_384, p: 1, salt: SALT })).resolves.toBeDefined()
  })
})

describe.skipIf(!isRoot)(`the owner of a key or lock${rootOnly}`, () => {
  it('may be a user whom the system has no name for', () => {
    const module = fileURLToPath(new URL('../../../../../core/repository/lock/process.ts', import.meta.url))
    // First the module, which that user may not be allowed to read.
    const code = `const { ownIdentity } = await import(${JSON.stringify(module)})
      process.setgid(61235)
      process.setuid(61234)
      console.log(JSON.stringify(ownIdentity()))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    expect(JSON.parse(output)).toMatchObject({ username: '', uid: 61_234, gid: 61_235 })
  })
})
