import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Chance, isCode } from '../../../../../core/base/index.ts'
import { type MasterKey, masterKeyFrom } from '../../../../../core/repository/crypto/master-key.ts'
import { createSealer, SEAL_OVERHEAD, type Sealer } from '../../../../../core/repository/crypto/seal.ts'
import { seededBytes } from '../../../../support/seeded-chance.ts'
import { FIXED_KEY } from '../fixed-key.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

function sealed(sealer: Sealer, plain: Uint8Array): Buffer {
  const target = Buffer.alloc(plain.length + SEAL_OVERHEAD)
  expect(sealer.seal(plain, target, 0)).toBe(target.length)
  return target
}

function opened(sealer: Sealer, run: Buffer): Buffer {
  const plain = Buffer.alloc(Math.max(0, run.length - SEAL_OVERHEAD))
  expect(sealer.open(run, plain)).toBe(plain.length)
  return plain
}

function isRefused(sealer: Sealer, run: Buffer): boolean {
  try {
    opened(sealer, run)
    return false
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return true
    throw error
  }
}

/** Bernstein, "The Poly1305-AES message-authentication code", appendix B. */
const POLY1305_AES = [
  {
    message: 'f3f6',
    r: '851fc40c3467ac0be05cc20404f3f700',
    k: 'ec074c835580741701425b623235add6',
    nonce: 'fb447350c4e868c52ac3275cf9d4327e',
    tag: 'f4c633c3044fc145f84f335cb81953de',
  },
  {
    message: '',
    r: 'a0f3080000f46400d0c7e9076c834403',
    k: '75deaa25c09f208e1dc4ce6b5cad3fbf',
    nonce: '61ee09218d29b0aaed7e154a2c5509cc',
    tag: 'dd3fab2251f11ac759f0887129cc2ee7',
  },
  {
    message: '663cea190ffb83d89593f3f476b6bc24d7e679107ea26adb8caf6652d0656136',
    r: '48443d0bb0d21109c89a100b5ce2c208',
    k: '6acb5f61a7176dd320c5c1eb2edcdc74',
    nonce: 'ae212a55399729595dea458bc621ff0e',
    tag: '0ee1c16bb73f0f4fd19881753c01cdbe',
  },
  {
    message:
      'ab0812724a7f1e342742cbed374d94d136c6b8795d45b3819830f2c04491faf0990c62e48b8018b2c3e4a0fa3134cb67fa83e158c994d961c4cb21095c1bf9',
    r: '12976a08c4426d0ce8a82407c4f48207',
    k: 'e1a5668a4d5b66a5f68cc5424ed5982d',
    nonce: '9ae831e743978d3a23527c7128149e3a',
    tag: '5154ad0d2cb26e01274fc51148491f1b',
  },
] as const

describe('a sealer', () => {
  it.each(POLY1305_AES)(
    'accepts the published Poly1305-AES tag $tag, and no other',
    ({ message, r, k, nonce, tag }) => {
      const key: MasterKey = { encrypt: Buffer.alloc(32), macK: hex(k), macR: hex(r) }
      const sealer = createSealer(key)
      expect(opened(sealer, hex(nonce + message + tag))).toHaveLength(message.length / 2)
      expect(isRefused(sealer, hex(nonce + message + tag.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))))).toBe(
        true,
      )
    },
  )

  it('encrypts as the AES-256-CTR example of NIST SP 800-38A, F.5.5', () => {
    const counter: Chance = {
      fill: (target) => {
        target.set(hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'))
        return target
      },
      fraction: () => 0,
    }
    const key = { ...FIXED_KEY, encrypt: hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4') }
    const plain =
      '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710'
    const cipher =
      '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6'
    expect(sealed(createSealer(key, counter), hex(plain)).subarray(16, -16).toString('hex')).toBe(cipher)
  })

  it('opens what it sealed, of any length, wherever it lies in the target', () => {
    const sealer = createSealer(FIXED_KEY)
    const lengths = fc.oneof(fc.nat(300), fc.constantFrom(65_535, 65_536, 65_537, 131_072, 200_001))
    fc.assert(
      fc.property(lengths, fc.nat(100), fc.nat(), (length, offset, seed) => {
        const plain = seededBytes(seed, length)
        const target = Buffer.alloc(offset + length + SEAL_OVERHEAD + 5, 0xaa)
        const end = offset + sealer.seal(plain, target, offset)
        expect(end).toBe(offset + length + SEAL_OVERHEAD)
        expect(target.subarray(0, offset).equals(Buffer.alloc(offset, 0xaa))).toBe(true)
        expect(target.subarray(end).equals(Buffer.alloc(5, 0xaa))).toBe(true)
        expect(opened(sealer, target.subarray(offset, end)).equals(plain)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('works on shared memory, and leaves what it read as it was', () => {
    const sealer = createSealer(FIXED_KEY)
    const plain = Buffer.from(new SharedArrayBuffer(100_000))
    plain.set(seededBytes('shared', plain.length))
    const target = Buffer.from(new SharedArrayBuffer(plain.length + SEAL_OVERHEAD))
    sealer.seal(plain, target, 0)
    expect(plain.equals(seededBytes('shared', plain.length))).toBe(true)
    expect(opened(sealer, target).equals(plain)).toBe(true)
  })

  it('refuses every single flipped bit, every cut and every byte too many', () => {
    const sealer = createSealer(FIXED_KEY)
    const run = sealed(sealer, Buffer.from('the quick brown fox'))
    for (let bit = 0; bit < run.length * 8; bit++) {
      const flipped = Buffer.from(run)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(isRefused(sealer, flipped), `bit ${bit}`).toBe(true)
    }
    for (let length = 0; length < run.length; length++) expect(isRefused(sealer, run.subarray(0, length))).toBe(true)
    expect(isRefused(sealer, Buffer.concat([run, Buffer.alloc(1)]))).toBe(true)
    expect(opened(sealer, run).toString()).toBe('the quick brown fox')
  })

  it('writes nothing of what it refuses', () => {
    const sealer = createSealer(FIXED_KEY)
    const run = sealed(sealer, seededBytes('secret', 1000))
    run[500] = (run[500] ?? 0) ^ 1
    const target = Buffer.alloc(1000)
    expect(() => sealer.open(run, target)).toThrow('MAC')
    expect(target.equals(Buffer.alloc(1000))).toBe(true)
  })

  it('refuses what another key sealed, whichever of its three parts differs where that can show', () => {
    const run = sealed(createSealer(FIXED_KEY), Buffer.from('text'))
    const other = masterKeyFrom(seededBytes('another master key', 64))
    expect(isRefused(createSealer({ ...FIXED_KEY, macK: other.macK }), run)).toBe(true)
    expect(isRefused(createSealer({ ...FIXED_KEY, macR: other.macR }), run)).toBe(true)
    expect(opened(createSealer({ ...FIXED_KEY, encrypt: other.encrypt }), run).toString()).not.toBe('text')
  })

  it('never uses a nonce twice', () => {
    const sealer = createSealer(FIXED_KEY)
    const nonces = Array.from({ length: 1000 }, () => sealed(sealer, Buffer.alloc(1)).toString('hex', 0, 16))
    expect(new Set(nonces).size).toBe(1000)
  })

  it('says nothing of the key or the text in its errors', () => {
    const sealer = createSealer(FIXED_KEY)
    const run = sealed(sealer, Buffer.from('TOPSECRET'))
    run[20] = (run[20] ?? 0) ^ 1
    try {
      opened(sealer, run)
      expect.unreachable()
    } catch (error) {
      const text = `${JSON.stringify(error)} ${String((error as Error).stack)}`
      for (const part of [FIXED_KEY.encrypt, FIXED_KEY.macK, FIXED_KEY.macR]) {
        expect(text).not.toContain(Buffer.from(part).toString('hex'))
      }
      expect(text).not.toContain('TOPSECRET')
    }
  })
})

describe('a master key', () => {
  it('is 64 bytes: 32 to encrypt, 16 and 16 to authenticate; copies, not views', () => {
    const bytes = seededBytes('key', 64)
    const { encrypt, macK, macR } = masterKeyFrom(bytes)
    expect(Buffer.concat([encrypt, macK, macR]).equals(bytes)).toBe(true)
    bytes.fill(0)
    expect(Buffer.from(encrypt).equals(Buffer.alloc(32))).toBe(false)
    expect(() => masterKeyFrom(bytes.subarray(1))).toThrow('64 bytes')
  })
})
