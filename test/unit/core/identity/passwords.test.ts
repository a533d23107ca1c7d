import { setImmediate } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { createPasswords, PASSWORD_COST } from '../../../../core/identity/index.ts'

/** Cheap, so that tests are. */
const cost = { logN: 4, r: 8, p: 1 }
const { hashPassword, verifyPassword } = createPasswords({ cost })

const unpadded = (hex: string): string => Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')

/** RFC 7914, 12: N = 1024, r = 8, p = 16 and N = 16384, r = 8, p = 1. */
const VECTORS = [
  {
    password: 'password',
    stored: `$scrypt$ln=10,r=8,p=16$${unpadded(Buffer.from('NaCl').toString('hex'))}$${unpadded(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    )}`,
  },
  {
    password: 'pleaseletmein',
    stored: `$scrypt$ln=14,r=8,p=1$${unpadded(Buffer.from('SodiumChloride').toString('hex'))}$${unpadded(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    )}`,
  },
]

describe('a stored password', () => {
  it('lets in who knows it, and nobody else', async () => {
    const stored = await hashPassword('correct horse')
    expect(stored).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await verifyPassword('correct horse', stored)).toEqual({ ok: true, needsRehash: false })
    for (const other of ['correct horsf', 'correct hors', 'Correct horse', 'correct horse ', ''])
      expect(await verifyPassword(other, stored)).toEqual({ ok: false, needsRehash: false })
  })

  it('is salted', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'))
  })

  it.each(VECTORS)('is scrypt as RFC 7914 has it ($password)', async ({ password, stored }) => {
    expect(await verifyPassword(password, stored)).toEqual({ ok: true, needsRehash: true })
    expect(await verifyPassword(`${password}.`, stored)).toEqual({ ok: false, needsRehash: false })
  })

  it('costs what OWASP asks for, and one that cost less is hashed again', async () => {
    expect(PASSWORD_COST).toEqual({ logN: 17, r: 8, p: 1 })
    const dear = createPasswords()
    expect(await dear.verifyPassword('x', await hashPassword('x'))).toEqual({ ok: true, needsRehash: true })
    const stored = await dear.hashPassword('x')
    expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/)
    expect(await dear.verifyPassword('x', stored)).toEqual({ ok: true, needsRehash: false })
  })

  it('is the same from whatever keyboard: NFKC', async () => {
    expect((await verifyPassword('u\u0308ber ﬁn', await hashPassword('\u00fcber fin'))).ok).toBe(true)
  })

  it('has every letter count: what is no text is not taken for other text', async () => {
    const stored = await hashPassword('a\ufffd')
    expect((await verifyPassword('a\ufffd', stored)).ok).toBe(true)
    expect((await verifyPassword('a\ud800', stored)).ok).toBe(false)
    await expect(hashPassword('a\ud800')).rejects.toThrow(expect.objectContaining({ code: 'input/invalid' }) as Error)
  })

  it('of nobody is never right, not even an empty one', async () => {
    for (const password of ['', 'x']) expect((await verifyPassword(password, undefined)).ok).toBe(false)
  })

  it('of nobody takes the very work that one of somebody takes', async () => {
    const dear = createPasswords({ cost: { logN: 14, r: 8, p: 1 } })
    const stored = await dear.hashPassword('x')
    /** Processor time, which other work on this machine does not add to. Milliseconds; the least of some. */
    const time = async (of: string | undefined): Promise<number> => {
      let least = Infinity
      for (let round = 0; round < 5; round++) {
        const before = process.cpuUsage()
        await dear.verifyPassword('y', of)
        const { user, system } = process.cpuUsage(before)
        least = Math.min(least, user + system)
      }
      return least
    }
    expect((await time(undefined)) / (await time(stored))).toBeGreaterThan(0.5)
  })

  it.each([
    '',
    'x',
    '$scrypt$ln=4,r=8,p=1$$',
    '$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=17,r=99,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=04,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    '$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA',
    '$2b$12$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  ])('that is damaged, or would take all memory, lets nobody in and says so: %j', async (stored) => {
    await expect(verifyPassword('', stored)).rejects.toThrow(
      expect.objectContaining({ code: 'secret/unreadable', remedy: expect.any(String) as unknown }) as Error,
    )
  })
})

describe('many who sign in at once', () => {
  it('wait for each other, and from the 35th on are told to come again', async () => {
    const passwords = createPasswords({ cost })
    const stored = await passwords.hashPassword('x')
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.verifyPassword('x', stored)))
    expect(all.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 34 }, () => 'fulfilled'),
      ...Array.from({ length: 6 }, () => 'rejected'),
    ])
    expect(all.at(-1)).toMatchObject({ reason: { code: 'service/busy', retryable: true } })
    expect((await passwords.verifyPassword('x', stored)).ok).toBe(true)
  })

  it('do not wait for those that went away', async () => {
    const passwords = createPasswords({ cost: { logN: 12, r: 8, p: 1 } })
    const gone = new AbortController()
    const first = [passwords.hashPassword('1'), passwords.hashPassword('2')]
    const waiting = passwords.hashPassword('3', { signal: gone.signal })
    const rejected = expect(waiting).rejects.toThrow('gone')
    await setImmediate()
    gone.abort(new Error('gone'))
    await rejected
    await Promise.all([...first, passwords.hashPassword('4')])
    await expect(passwords.hashPassword('5', { signal: gone.signal })).rejects.toThrow('gone')
  })
})
