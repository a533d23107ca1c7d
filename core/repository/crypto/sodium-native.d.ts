// sodium-native ships no types; declare only what we call.
declare module 'sodium-native' {
  const sodium: {
    /** Writes the Poly1305 tag (16 bytes) of `message` under the one-time `key` (32 bytes) into `tag`. */
    crypto_onetimeauth(tag: Buffer, message: Buffer, key: Buffer): void
    /** Compares two buffers of equal length in constant time. */
    sodium_memcmp(a: Buffer, b: Buffer): boolean
  }
  export default sodium
}
