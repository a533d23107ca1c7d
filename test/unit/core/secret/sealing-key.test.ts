import { createCipheriv, hkdfSync } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createSealingKey } from '../../../../core/secret/index.ts'
import { seededChance } from '../../../support/seeded-chance.ts'

const key = createSealingKey(Buffer.alloc(32, 1))
const CONTEXT = 'vault:7:password'
const unreadable = expect.objectContaining({ code: 'secret/unreadable', remedy: expect.any(String) as unknown })

describe('a sealed secret', () => {
  it('opens again, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        const sealed = key.seal(plain, context)
        expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/)
        expect(key.open(sealed, context)).toBe(plain)
      }),
    )
  })

  it('is another one each time', () => {
    expect(key.seal('same', CONTEXT)).not.toBe(key.seal('same', CONTEXT))
  })

  it('does not open when any of its bits is another, or any of its bytes is gone', () => {
    const bytes = Buffer.from(key.seal('a password', CONTEXT).slice(3), 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        expect(() => key.open(`v1.${changed.toString('base64url')}`, CONTEXT)).toThrow(unreadable)
      }
      const shorter = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
      expect(() => key.open(`v1.${shorter.toString('base64url')}`, CONTEXT)).toThrow(unreadable)
    }
  })

  it('does not open when any of its letters is another', () => {
    const sealed = key.seal('', CONTEXT)
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'B' ? 'C' : 'B'
      expect(() => key.open(sealed.slice(0, at) + other + sealed.slice(at + 1), CONTEXT)).toThrow(unreadable)
    }
    for (const other of [
      `${sealed}A`,
      `${sealed}=`,
      ` ${sealed}`,
      `${sealed}\n`,
      '',
      'v1.',
      sealed.replace('v1', 'v2'),
    ])
      expect(() => key.open(other, CONTEXT)).toThrow(unreadable)
  })

  it('has one text only: its last letter is no other, though base64 leaves four bits of it open', () => {
    const sealed = key.seal('', CONTEXT)
    for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      if (sealed.endsWith(letter)) continue
      expect(() => key.open(sealed.slice(0, -1) + letter, CONTEXT)).toThrow(unreadable)
    }
  })

  it('does not open in another row, and the error names the row and not the secret', () => {
    const sealed = key.seal('hunter2', CONTEXT)
    expect(() => key.open(sealed, 'vault:8:password')).toThrow(
      expect.objectContaining({
        code: 'secret/unreadable',
        message: expect.stringContaining('vault:8:password') as unknown,
      }),
    )
    expect(() => key.open(sealed, 'vault:8:password')).not.toThrow('hunter2')
  })

  it('does not open with another key', () => {
    expect(() => createSealingKey(Buffer.alloc(32, 2)).open(key.seal('x', CONTEXT), CONTEXT)).toThrow(unreadable)
  })

  it('is what its description says, byte for byte: whoever has the key can open it without Holdfast', () => {
    const sealing = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 1), '', 'holdfast seal v1', 32))
    const nonce = seededChance(5).fill(Buffer.alloc(12))
    const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(`v1\0${CONTEXT}`))
    const body = Buffer.concat([nonce, cipher.update('plain'), cipher.final(), cipher.getAuthTag()])
    expect(createSealingKey(Buffer.alloc(32, 1), seededChance(5)).seal('plain', CONTEXT)).toBe(
      `v1.${body.toString('base64url')}`,
    )
  })
})

describe('the fingerprint of a key', () => {
  it('is always the same for a key, and another one for another', () => {
    expect(createSealingKey(Buffer.alloc(32, 1)).fingerprint).toBe(key.fingerprint)
    expect(createSealingKey(Buffer.alloc(32, 2)).fingerprint).not.toBe(key.fingerprint)
    expect(key.fingerprint).toMatch(/^[\w-]{22}$/)
  })

  it('tells a wrong key at the start, with what to do', () => {
    const { fingerprint } = key
    expect(() => key.prove(fingerprint)).not.toThrow()
    expect(() => createSealingKey(Buffer.alloc(32, 2)).prove(fingerprint)).toThrow(
      expect.objectContaining({
        code: 'secret/unreadable',
        remedy: expect.stringContaining('Put back the key') as unknown,
      }),
    )
  })
})
