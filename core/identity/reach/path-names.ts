import { CoreError } from '../../base/index.ts'
import { type ByteString, printable } from '../../file-system/index.ts'

/** The names that a whole path is made of, without `.`, `..` and empty ones. Empty for `/`. */
export type PathNames = readonly ByteString[]

/** By the text alone: `..` takes away the name before it, whatever that is. Throws `input/invalid` for what is no whole path. */
export function namesOf(path: Uint8Array): PathNames {
  const text = Buffer.from(path).toString('latin1')
  if (!text.startsWith('/') || text.includes('\0'))
    throw new CoreError('input/invalid', `${printable(path)} is not a whole path`, {
      remedy: 'Give a path that begins with a slash.',
      context: { path: printable(path) },
    })
  const names: ByteString[] = []
  for (const name of text.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}

export function pathOf(names: PathNames): Buffer {
  return Buffer.from(`/${names.join('/')}`, 'latin1')
}

/** Whether `names` is `folder`, or lies below it. Name by name: `/srv2` does not lie in `/srv`. */
export function isWithin(names: PathNames, folder: PathNames): boolean {
  return folder.length <= names.length && folder.every((name, at) => name === names[at])
}
