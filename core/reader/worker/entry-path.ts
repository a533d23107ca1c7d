const SLASH = Buffer.from('/')

/** What came from another thread is an array of bytes and no more. The same memory. */
export function asBytes(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The path of an entry. `folder` is empty for the root, and without a slash at its end. */
export function pathIn(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, SLASH, name])
}

/** What the paths of what is in a folder begin with, before the slash. */
export function prefixOf(folder: Buffer): Buffer {
  return folder.length > 1 ? folder : Buffer.alloc(0)
}
