import { CoreError } from '../../base/index.ts'
import { quote, unquote } from '../json/go-quote.ts'
import { isNodeName } from './node-name.ts'

/**
 * A path in a snapshot as text that can be said in JSON and by people, and turned back: each name is written as restic
 * stores it, with a backslash as two and bytes that are not UTF-8 as `\xNN`. It begins with `/`, and the root is `/`.
 */
export function formatEntryPath(path: Uint8Array): string {
  return Buffer.from(quote(path)).toString()
}

/** The bytes of a path that `formatEntryPath` wrote. Throws `input/invalid`. */
export function parseEntryPath(text: string): Buffer {
  const names = namesOf(text)
  if (names === undefined) {
    throw new CoreError('input/invalid', `${JSON.stringify(text.slice(0, 200))} is no path of a recovery point.`, {
      safety: 'Nothing was changed.',
      remedy:
        'Give a whole path that begins with a slash, without empty names, "." and "..". Write a backslash as two of them.',
      context: { field: 'path' },
    })
  }
  return Buffer.concat([SLASH, ...names.flatMap((name, index) => (index === 0 ? [name] : [SLASH, name]))])
}

const SLASH = Buffer.from('/')

function namesOf(text: string): Buffer[] | undefined {
  if (!text.startsWith('/')) return undefined
  const parts = text.slice(1).split('/')
  if (parts.at(-1) === '') parts.pop()
  const names: Buffer[] = []
  for (const part of parts) {
    const name = unquoted(part)
    if (name === undefined || !isNodeName(name, 0, name.length)) return undefined
    names.push(name)
  }
  return names
}

function unquoted(text: string): Buffer | undefined {
  try {
    return Buffer.from(unquote(Buffer.from(text)))
  } catch (error) {
    if (error instanceof CoreError) return undefined
    throw error
  }
}
