/** Go's unicode.IsSpace, as UTF-8 of which each byte is a character. */
const BLANK = String.raw`(?:[\t-\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)+`
const AROUND = new RegExp(`^${BLANK}|${BLANK}$`, 'g')

/**
 * The password that restic reads out of a file: a byte order mark tells UTF-16 from bytes and is dropped, what is blank
 * around it is cut, and what is left counts byte by byte, UTF-8 or not.
 */
export function passwordInFile(stored: Buffer): Buffer {
  return cutBlanks(decode(stored))
}

/** Cuts blanks and line ends around a password. */
export function cutBlanks(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(AROUND, ''), 'latin1')
}

function decode(stored: Buffer): Buffer {
  const mark = stored.toString('latin1', 0, 3)
  if (mark.startsWith('\xef\xbb\xbf')) return stored.subarray(3)
  if (mark.startsWith('\xff\xfe')) return Buffer.from(new TextDecoder('utf-16le').decode(stored))
  if (mark.startsWith('\xfe\xff')) return Buffer.from(new TextDecoder('utf-16be').decode(stored))
  return stored
}
