/**
 * The key that seals everything in a repository (restic design.rst, "Keys, Encryption and MAC"): one for AES-256-CTR
 * and two that together make the Poly1305-AES key. It travels to worker threads as it is.
 */
export interface MasterKey {
  /** AES-256 key, 32 bytes. */
  readonly encrypt: Uint8Array
  /** AES-128 key that encrypts the nonce, 16 bytes. */
  readonly macK: Uint8Array
  /** The `r` half of the Poly1305 key, 16 bytes; clamped on use. */
  readonly macR: Uint8Array
}

/** Splits 64 bytes, as scrypt gives them, into the three keys. */
export function masterKeyFrom(bytes: Uint8Array): MasterKey {
  if (bytes.length !== 64) throw new RangeError(`a master key has 64 bytes, not ${bytes.length}`)
  // Copies: `slice` of a Buffer is a view, and a message to a thread would carry along all that lies around it.
  const part = (from: number, to: number): Uint8Array => new Uint8Array(bytes.subarray(from, to))
  return { encrypt: part(0, 32), macK: part(32, 48), macR: part(48, 64) }
}
