import { isUtf8 } from 'node:buffer'

import { CoreError } from '../../base/index.ts'

const ESCAPE = /\\(?:\\|x([0-9a-f]{2})|)/gi

/** The bytes of a path as the contract writes it: a backslash as two, bytes that are not UTF-8 as `\xNN`. */
export function parsePathText(text: string): Buffer {
  const bytes: Buffer[] = []
  let from = 0
  for (const { 0: escape, 1: hex, index } of text.matchAll(ESCAPE)) {
    if (escape === '\\')
      throw new CoreError('input/invalid', `${text} has a backslash that says nothing`, {
        remedy: 'Write a backslash as two of them, and a byte that is not UTF-8 as \\xNN.',
        context: { path: text },
      })
    bytes.push(Buffer.from(text.slice(from, index)), Buffer.of(hex === undefined ? 0x5c : Number.parseInt(hex, 16)))
    from = index + escape.length
  }
  return Buffer.concat([...bytes, Buffer.from(text.slice(from))])
}

/** The other way round. */
export function formatPathText(path: Buffer): string {
  if (isUtf8(path)) return path.toString('utf8').replaceAll('\\', '\\\\')
  return path
    .toString('latin1')
    .replaceAll('\\', '\\\\')
    .replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}
