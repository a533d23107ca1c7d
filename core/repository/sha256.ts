import { hash } from 'node:crypto'

/** What names blobs, packs and documents. 32 bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}
