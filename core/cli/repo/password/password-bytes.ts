import { cutBlanks } from '../../../file-system/index.ts'

/**
 * The password that restic reads out of a file: a byte order mark tells UTF-16 from bytes and is dropped, what is blank
 * around it is cut, and what is left counts byte by byte, UTF-8 or not.
 */
export function passwordInFile(stored: Buffer): Buffer {
  return withoutBlanks(decode(stored))
}

/** Cuts blanks and line ends around a password. */
export function withoutBlanks(bytes: Buffer): Buffer {
  return Buffer.from(cutBlanks(bytes.toString('latin1')), 'latin1')
}

function decode(stored: Buffer): Buffer {
  const mark = stored.toString('latin1', 0, 3)
  if (mark.startsWith('\xef\xbb\xbf')) return stored.subarray(3)
  if (mark.startsWith('\xff\xfe')) return Buffer.from(new TextDecoder('utf-16le').decode(stored))
  if (mark.startsWith('\xfe\xff')) return Buffer.from(new TextDecoder('utf-16be').decode(stored))
  return stored
}
