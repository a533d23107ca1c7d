import { createRequire } from 'node:module'

/** The calls of sodium-native that are used (libsodium, crypto_onetimeauth and sodium_memcmp). */
export interface Poly1305 {
  /** Writes the Poly1305 tag (16 bytes) of `message` under the one-time `key` (32 bytes) into `tag`. Returns 0. */
  crypto_onetimeauth(tag: Buffer, message: Buffer, key: Buffer): number | undefined
  /** Whether two buffers of the same length are equal, in constant time. */
  sodium_memcmp(a: Buffer, b: Buffer): boolean
}

/**
 * Loads sodium-native, its compiled part alone where that is possible: to find it, the package's own JavaScript takes
 * 20 ms in every thread.
 */
export function loadPoly1305(require: (name: string) => unknown = createRequire(import.meta.url)): Poly1305 {
  const compiled = `sodium-native/prebuilds/${process.platform}-${process.arch}/sodium-native.node`
  try {
    const found = require(compiled) as Poly1305
    if (isRight(found)) return found
  } catch {
    // It lies elsewhere, or is for another C library: the package knows.
  }
  return require('sodium-native') as Poly1305
}

/** RFC 8439, section 2.5.2. What is not documented is proved before it is used. */
function isRight(found: Poly1305): boolean {
  const tag = Buffer.alloc(16)
  const key = Buffer.from('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b', 'hex')
  const right = Buffer.from('a8061dc1305136c6c22b8baf0c0127a9', 'hex')
  found.crypto_onetimeauth(tag, Buffer.from('Cryptographic Forum Research Group'), key)
  const isSame = found.sodium_memcmp(tag, right)
  right.writeUInt8(0)
  return isSame && !found.sodium_memcmp(tag, right)
}
