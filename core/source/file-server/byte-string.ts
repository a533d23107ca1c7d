import { isUtf8 } from 'node:buffer'

/**
 * A name or path as a string of one character for each byte (`latin1`).
 *
 * Names on Linux are bytes and need not be UTF-8. In this form nothing is lost, the default order of JavaScript strings
 * is the order of the bytes, and a folder of a million names takes a third of the memory that Buffers would.
 */
export type ByteString = string

const SLASH = 0x2f

export function toByteString(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1')
}

/** The path of `name` in `folder`, in new memory. */
export function joinPath(folder: Uint8Array, name: ByteString): Buffer {
  const start = folder.length === 0 || folder[folder.length - 1] === SLASH ? folder.length : folder.length + 1
  const path = Buffer.allocUnsafe(start + name.length)
  path.set(folder, 0)
  if (start > folder.length) path[folder.length] = SLASH
  path.write(name, start, 'latin1')
  return path
}

/** Whether these bytes are valid UTF-8 (FS-17). */
export function isUtf8Name(name: ByteString): boolean {
  return isAscii(name) || isUtf8(Buffer.from(name, 'latin1'))
}

/**
 * How a person is shown a name: as text where it is text, with `\xNN` for bytes that are not UTF-8 and for control
 * characters, so that a name can neither forge a line of a log nor steer a terminal.
 */
export function printable(name: Uint8Array): string {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.length)
  const text = isUtf8(bytes) ? bytes.toString('utf8') : escapeBytes(bytes)
  return text.replaceAll(/\p{Cc}/gu, (character) => hexadecimal(character.charCodeAt(0)))
}

function escapeBytes(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\u0080-\u00ff]/g, (character) => hexadecimal(character.charCodeAt(0)))
}

function hexadecimal(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

/** Whether every character is below 128. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false
  }
  return true
}
