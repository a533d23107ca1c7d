import { isUtf8 } from 'node:buffer'

import { isCode } from '../../base/index.ts'
import type { ByteString, EntryFacts } from '../../file-system/index.ts'
import { type Match, readNode, type TreeMatcher, TreeReader } from '../../snapshot/index.ts'
import type { SentParent } from '../messages.ts'

/** A folder as the parent snapshot has it. Names must be asked for in the order of their bytes; each may be twice. */
export interface ParentFolder {
  /** For another worker; undefined where there is none. */
  readonly sent: SentParent | undefined
  /** The node of this name, valid until the next call. */
  find(name: ByteString): TreeReader | undefined
  /** The file of this name, where it is there and all that is told of it is as it was. */
  findSame(name: ByteString, facts: EntryFacts): SameFile | undefined
  /** Whether an encoded tree is the parent's, byte for byte. */
  isSame(plain: Buffer): boolean
  close(): void
}

/** A file's node in its tree, valid until the next call. */
export interface SameFile {
  readonly tree: Buffer
  readonly start: number
  readonly end: number
  readonly name: Uint8Array
  readonly idCount: number
  id(number: number): Uint8Array
}

export const NO_PARENT: ParentFolder = {
  sent: undefined,
  find: () => undefined,
  findSame: () => undefined,
  isSame: () => false,
  close: () => undefined,
}

/** What a node that the matcher knows begins with. */
const NAME_START = '{"name":"'.length

/** The matcher goes first; a tree that it does not know is read from its beginning, by whoever knows all of JSON. */
export function openParentFolder(sent: SentParent, tree: Buffer, matcher: TreeMatcher): ParentFolder {
  const what = `Tree ${Buffer.from(sent.id).toString('hex')}`
  const matched = matcher.open(tree)
  let isUnsure = matched === undefined
  let reader: TreeReader | undefined
  let isAtNode = false
  let lastName: ByteString | undefined
  let last: Match = 'absent'

  function match(name: ByteString, facts: EntryFacts | undefined): Match {
    if (isUnsure || !matched) return 'unsure'
    if (name === lastName) return last
    lastName = name
    last = matched.find(name, facts)
    isUnsure = last === 'unsure'
    return last
  }

  function read(name: ByteString): TreeReader | undefined {
    const bytes = Buffer.from(name, 'latin1')
    if (!reader) {
      reader = new TreeReader(tree, what)
      isAtNode = reader.next()
    }
    while (isAtNode) {
      const order = reader.compareName(bytes)
      if (order >= 0) return order === 0 ? reader : undefined
      isAtNode = reader.next()
    }
    return undefined
  }

  return {
    sent,
    find(name) {
      try {
        const answer = match(name, undefined)
        if (answer === 'unsure') return read(name)
        return answer === 'absent' || !matched ? undefined : readNode(tree.subarray(matched.start, matched.end), what)
      } catch (error) {
        if (!isCode(error, 'repository/damaged')) throw error
        isAtNode = false
        return undefined
      }
    },
    findSame(name, facts) {
      if (match(name, facts) !== 'same' || !matched) return undefined
      const { start, end, idCount } = matched
      const nameStart = start + NAME_START
      const bytes = tree.subarray(nameStart, nameStart + name.length)
      if (!matched.isNameAscii && !isUtf8(bytes)) return undefined
      return { tree, start, end, name: bytes, idCount, id: (number) => matched.id(number) }
    },
    isSame: (other) => other.equals(tree),
    close: () => matched?.close(),
  }
}
