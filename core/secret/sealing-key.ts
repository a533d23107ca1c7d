import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

import { type Chance, CoreError, systemChance } from '../base/index.ts'

export const KEY_BYTES = 32

// NIST SP 800-38D, 8.2.1 and 5.2.1.2. Nonces that are drawn may be used 2^32 times with a key (8.3): nobody comes near.
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1'
/** Base64url of a nonce, a ciphertext that may be empty, and a tag. */
const SEALED = /^v1\.([A-Za-z0-9_-]{38,})$/

/** Seals what the catalog keeps and nobody may read there. */
export interface SealingKey {
  /** Tells this key from others, and gives nothing of it away. */
  readonly fingerprint: string
  /** `context` says what it is and of which object, `vault:<id>:password`: it opens with the same one only. */
  seal(plain: string, context: string): string
  /** Throws `secret/unreadable` for what was sealed by another key or for another context, or was changed since. */
  open(sealed: string, context: string): string
  /** Throws `secret/unreadable` where the catalog was written with another key than this one. To be called at the start. */
  prove(fingerprint: string): void
}

/** A sealing key of 32 bytes. AES-256-GCM (NIST SP 800-38D), a fresh nonce each time. */
export function createSealingKey(key: Uint8Array, chance: Chance = systemChance): SealingKey {
  if (key.length !== KEY_BYTES) throw new TypeError(`a sealing key has ${KEY_BYTES} bytes, not ${key.length}`)
  const sealing = derive(key, 'holdfast seal v1')
  const fingerprint = derive(key, 'holdfast key fingerprint v1').toString('base64url').slice(0, 22)
  return {
    fingerprint,
    seal(plain, context) {
      const nonce = chance.fill(Buffer.alloc(NONCE_BYTES))
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(dataOf(context))
      const parts = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `${VERSION}.${Buffer.concat(parts).toString('base64url')}`
    },
    open(sealed, context) {
      const bytes = decode(sealed, context)
      const nonce = bytes.subarray(0, NONCE_BYTES)
      const tag = bytes.subarray(-TAG_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', sealing, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(dataOf(context)).setAuthTag(tag)
      const plain = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
      try {
        decipher.final()
      } catch (error) {
        throw unreadable(context, 'it was sealed with another key, or was changed since', error)
      }
      return plain.toString('utf8')
    },
    prove(expected) {
      if (expected !== fingerprint) throw otherKey(expected, fingerprint)
    },
  }
}

/** RFC 5869. Two uses of one key never meet. */
function derive(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, KEY_BYTES))
}

function dataOf(context: string): Buffer {
  return Buffer.from(`${VERSION}\0${context}`)
}

function decode(sealed: string, context: string): Buffer {
  const [, text] = SEALED.exec(sealed) ?? []
  if (text === undefined) throw unreadable(context, 'it is not in the form that this version of Holdfast writes')
  const bytes = Buffer.from(text, 'base64url')
  // Node passes over bits and letters that are too many: what is accepted is one text only.
  if (bytes.toString('base64url') !== text) throw unreadable(context, 'it was changed since it was sealed')
  return bytes
}

function unreadable(context: string, reason: string, cause?: unknown): CoreError {
  return new CoreError('secret/unreadable', `The secret ${context} cannot be opened: ${reason}`, {
    cause,
    safety: 'What is stored in vaults is unharmed; nothing that needs this secret is done.',
    remedy:
      'If the data folder was restored, restore the key that belongs to it, too (the file `key`, or the systemd credential `holdfast-key`). Otherwise enter this secret anew.',
    context: { secret: context },
  })
}

function otherKey(expected: string, fingerprint: string): CoreError {
  return new CoreError(
    'secret/unreadable',
    'The secrets in the catalog were sealed with another key than the one that is there',
    {
      safety: 'Nothing was changed; what is stored in vaults is unharmed.',
      remedy:
        'Put back the key that belongs to this data folder (the file `key` in it, or the systemd credential `holdfast-key`), then start again.',
      context: { expected, fingerprint },
    },
  )
}
