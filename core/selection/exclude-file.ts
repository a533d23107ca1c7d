import { readFileSync } from 'node:fs'

import { CoreError } from '../base/index.ts'
import { type ByteString, cutBlanks, printable, toByteString } from '../file-system/index.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The patterns in a file, as restic's `--exclude-file` reads it: one a line, white space around it cut, empty lines
 * and those that begin with `#` passed over; `$NAME` and `${NAME}` stand for environment variables (nothing when they
 * are not set), `$$` for a dollar sign. Fails with `input/invalid` when the file cannot be read.
 */
export function readExcludeFile(path: Buffer, environment: Environment): ByteString[] {
  return parseExcludeFile(load(path), environment)
}

export function parseExcludeFile(content: Buffer, environment: Environment): ByteString[] {
  return decode(content)
    .split('\n')
    .map(cutBlanks)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => expand(line, environment))
}

function load(path: Buffer): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new CoreError('input/invalid', `The file of patterns ${printable(path)} cannot be read`, {
      cause: error,
      safety: 'Nothing was read or stored.',
      remedy: 'Check its path and the right to read it.',
    })
  }
}

/** Bytes, unless a byte order mark says that the text is UTF-16. */
function decode(content: Buffer): ByteString {
  const mark = content.subarray(0, 3).toString('latin1')
  if (mark === '\xef\xbb\xbf') return content.subarray(3).toString('latin1')
  if (mark.startsWith('\xff\xfe')) return toByteString(content.subarray(2).toString('utf16le'))
  if (!mark.startsWith('\xfe\xff')) return content.toString('latin1')
  const even = content.subarray(2, content.length - (content.length % 2))
  return toByteString(Buffer.from(even).swap16().toString('utf16le'))
}

// A name, one special character, or what restic drops because it is no name: `${}` and a brace that is never closed.
const VARIABLE = /\$(?:\{([^}]*)\}|(\{)|([A-Za-z_0-9]+|[*#$@!?-]))/g

function expand(line: ByteString, environment: Environment): ByteString {
  return line.replaceAll(VARIABLE, (_all, braced?: string, unclosed?: string, plain?: string) => {
    if (unclosed !== undefined) return ''
    // A number has one digit: `$12` is `$1` and a 2.
    const isNumber = plain !== undefined && /^[0-9]/.test(plain)
    const name = braced ?? (isNumber ? plain.slice(0, 1) : plain) ?? ''
    const value = name === '$' ? '$' : toByteString(environment[name] ?? '')
    return isNumber ? value + plain.slice(1) : value
  })
}
