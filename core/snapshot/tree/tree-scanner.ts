import { isUtf8 } from 'node:buffer'

import { CoreError } from '../../base/index.ts'
import { isLowerHex } from '../json/ascii.ts'
import { unquote } from '../json/go-quote.ts'
import { JsonScanner } from '../json/json-scanner.ts'
import { readJsonBytes } from '../json/json-string.ts'
import { LARGEST_TREE } from './largest-tree.ts'
import { FIELD, FIELD_COUNT, FIELD_NAMES, KIND_OF, fieldOf, hashKey, isMisspelledField } from './node-field.ts'
import { compareNames, isNodeName } from './node-name.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const ID_DIGITS = 64

/** How many decimal digits a double surely holds. */
const SAFE_DIGITS = 15
const LARGEST_UINT32 = 2 ** 32 - 1
const LARGEST_UINT64 = 2n ** 64n - 1n

/** Stands for a number of more than 15 digits: whoever wants it has to read the digits. */
export const LARGE = -1

/**
 * Finds the nodes of a tree one after another, and where each field's value lies. `TreeReader` adds what they mean.
 * All that must hold of a tree as a whole is checked here: it is JSON, each field is of its kind and there once, names
 * are names and in order. The first thing found wrong fails with `repository/damaged`.
 */
export class TreeScanner {
  /** Where the current node's `{` stands. */
  rawStart = 0
  /** The position after its `}`. */
  rawEnd = 0
  /** The tree, as it was given. */
  readonly bytes: Buffer
  protected readonly json: JsonScanner
  /** Of text: without the quotes. */
  protected readonly starts = new Int32Array(FIELD_COUNT)
  protected readonly ends = new Int32Array(FIELD_COUNT)
  protected readonly numbers = new Float64Array(FIELD_COUNT)
  protected contentCount = 0
  /** The decoded name where it is not stored as it is. */
  protected decodedName: Uint8Array | undefined
  /** Where unknown members start and end, in turn. */
  protected readonly unknownRanges: number[] = []
  #present = 0
  #at: number
  #isFirst = true
  readonly #isOrdered: boolean
  #isDone = false
  #previousName: Uint8Array | undefined
  #previousStart = 0
  #previousEnd = 0

  /**
   * `what` names the tree for messages, with a capital: `Tree 3ac5…`. Nodes of several folders, as they travel between
   * threads, are no tree: their names are in no order, and are not asked to be.
   */
  constructor(bytes: Buffer, what: string, order: 'by-name' | 'any' = 'by-name') {
    if (bytes.length > LARGEST_TREE) {
      throw new CoreError('repository/unsupported', `${what} is larger than 2 GiB, which this version cannot read`)
    }
    this.bytes = bytes
    this.json = new JsonScanner(bytes, what)
    this.#isOrdered = order === 'by-name'
    this.#at = this.#findNodes()
  }

  /** Goes to the next node. False: there is none, and the tree was whole. */
  next(): boolean {
    if (this.#isDone) return false
    const { bytes, json } = this
    let at = json.space(this.#at)
    if (bytes[at] === CLOSE_BRACKET) {
      this.#finish(at + 1)
      return false
    }
    if (!this.#isFirst) {
      if (bytes[at] !== COMMA) throw json.damaged(at, 'the list of nodes does not go on')
      at = json.space(at + 1)
    }
    if (bytes[at] !== OPEN_BRACE) throw json.damaged(at, 'a node was expected')
    const previousStart = this.starts[FIELD.name] ?? 0
    const previousEnd = this.ends[FIELD.name] ?? 0
    this.#previousName = this.decodedName
    this.#previousStart = previousStart
    this.#previousEnd = previousEnd
    this.rawStart = at
    this.rawEnd = this.#members(at)
    this.#checkName()
    this.#at = this.rawEnd
    this.#isFirst = false
    return true
  }

  /** Goes to the node whose `{` stands at `at`, of nodes in any order. */
  goTo(at: number): void {
    this.#at = at
    this.#isFirst = true
    this.#isDone = false
    this.next()
  }

  protected has(field: number): boolean {
    return (this.#present & (1 << field)) !== 0
  }

  /** Finds the list of nodes in the tree's object. What else stands there is passed over, as restic does. */
  #findNodes(): number {
    const { bytes, json } = this
    let at = json.space(0)
    if (bytes[at] !== OPEN_BRACE) throw json.damaged(at, 'an object was expected')
    at = json.space(at + 1)
    for (;;) {
      const keyEnd = json.string(at)
      const isNodes = json.text(at, keyEnd) === 'nodes'
      at = json.expect(keyEnd, COLON, 'a colon was expected')
      if (isNodes && bytes[at] === OPEN_BRACKET) return at + 1
      if (isNodes && json.isNull(at)) {
        this.#finish(at + 4)
        return at
      }
      if (isNodes) throw json.damaged(at, 'its nodes are not a list')
      at = json.expect(json.value(at), COMMA, 'it has no list of nodes')
    }
  }

  #finish(after: number): void {
    const { bytes, json } = this
    let at = json.space(after)
    while (bytes[at] === COMMA) {
      const key = json.space(at + 1)
      const keyEnd = json.string(key)
      if (json.text(key, keyEnd) === 'nodes') throw json.damaged(key, 'it has two lists of nodes')
      at = json.space(json.value(json.expect(keyEnd, COLON, 'a colon was expected')))
    }
    if (bytes[at] !== CLOSE_BRACE) throw json.damaged(at, 'the end of its object was expected')
    at = json.space(at + 1)
    if (at !== bytes.length) throw json.damaged(at, 'something follows its end')
    this.#isDone = true
  }

  #members(brace: number): number {
    const { bytes, json } = this
    const { length } = bytes
    this.#present = 0
    this.unknownRanges.length = 0
    let at = brace + 1
    if (bytes[at] !== QUOTE) at = json.space(at)
    for (;;) {
      const member = at
      let hash = 0
      let key = at + 1
      let byte = 0
      while (key < length && (byte = bytes[key] ?? 0) !== QUOTE && byte !== BACKSLASH && byte >= 0x20) {
        hash = hashKey(hash, byte)
        key++
      }
      let field = -1
      if (byte === QUOTE && bytes[at] === QUOTE) {
        field = fieldOf(bytes, at + 1, key, hash)
        at = key + 1
      } else {
        at = json.string(at)
        field = fieldNamed(readJsonBytes(bytes, member + 1, at - 1))
      }
      if (bytes[at] === COLON) at++
      else at = json.expect(at, COLON, 'a colon was expected')
      if ((bytes[at] ?? 0) <= 0x20) at = json.space(at)
      at = field < 0 ? this.#unknown(member, at) : this.#value(field, at)
      byte = bytes[at] ?? 0
      if (byte <= 0x20) byte = bytes[(at = json.space(at))] ?? 0
      if (byte === CLOSE_BRACE) return at + 1
      if (byte !== COMMA) throw json.damaged(at, 'a comma was expected')
      at++
      if (bytes[at] !== QUOTE) at = json.space(at)
    }
  }

  #unknown(member: number, at: number): number {
    const key = this.json.text(member, this.json.string(member))
    if (isMisspelledField(key)) {
      throw this.json.damaged(member, `the field ${JSON.stringify(key)} is not spelled as restic spells it`)
    }
    const end = this.json.value(at)
    this.unknownRanges.push(member, end)
    return end
  }

  #value(field: number, at: number): number {
    const { bytes, json } = this
    const bit = 1 << field
    // A null says the same as no field; Go's decoder takes it for any kind.
    if (bytes[at] === 0x6e && json.isNull(at)) return at + 4
    if ((this.#present & bit) !== 0) throw json.damaged(at, `a node has the field ${FIELD_NAMES[field]} twice`)
    this.#present |= bit
    let end = at
    switch (KIND_OF[field]) {
      case 'text':
        end = json.string(at)
        this.starts[field] = at + 1
        this.ends[field] = end - 1
        if (field === FIELD.name) this.#readName(at + 1, end - 1)
        return end
      case 'uint32':
      case 'uint64':
        return this.#number(field, at)
      case 'content':
        end = this.#content(at)
        break
      case 'list':
      case 'object':
      case undefined:
        if (bytes[at] !== (KIND_OF[field] === 'list' ? OPEN_BRACKET : OPEN_BRACE)) throw this.#wrongKind(field, at)
        end = json.value(at)
    }
    this.starts[field] = at
    this.ends[field] = end
    return end
  }

  #number(field: number, at: number): number {
    const { bytes } = this
    const { length } = bytes
    let end = at
    let value = 0
    for (; end < length; end++) {
      const digit = (bytes[end] ?? 0) - 0x30
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    const count = end - at
    const after = bytes[end]
    const isWhole = after === COMMA || after === CLOSE_BRACE || (after !== undefined && after <= 0x20)
    if (count === 0 || !isWhole || (count > 1 && bytes[at] === 0x30)) throw this.#wrongKind(field, at)
    if (KIND_OF[field] === 'uint32' ? value > LARGEST_UINT32 : count > 20) throw this.#wrongKind(field, at)
    if (count === 20 && BigInt(bytes.toString('latin1', at, end)) > LARGEST_UINT64) throw this.#wrongKind(field, at)
    this.numbers[field] = count > SAFE_DIGITS ? LARGE : value
    this.starts[field] = at
    this.ends[field] = end
    return end
  }

  #content(at: number): number {
    const { bytes, json } = this
    if (bytes[at] !== OPEN_BRACKET) throw this.#wrongKind(FIELD.content, at)
    this.contentCount = 0
    let end = json.space(at + 1)
    if (bytes[end] === CLOSE_BRACKET) return end + 1
    for (;;) {
      const close = end + ID_DIGITS + 1
      if (bytes[end] !== QUOTE || bytes[close] !== QUOTE || !isLowerHex(bytes, end + 1, ID_DIGITS)) {
        throw json.damaged(end, 'a blob id of 64 hexadecimal digits was expected')
      }
      this.contentCount++
      end = close + 1
      if ((bytes[end] ?? 0) <= 0x20) end = json.space(end)
      if (bytes[end] === CLOSE_BRACKET) return end + 1
      if (bytes[end] !== COMMA) throw json.damaged(end, 'a comma was expected')
      end++
      if (bytes[end] !== QUOTE) end = json.space(end)
    }
  }

  #wrongKind(field: number, at: number): CoreError {
    return this.json.damaged(at, `the value of ${FIELD_NAMES[field]} is not of the kind that restic stores`)
  }

  #readName(start: number, end: number): void {
    this.decodedName = undefined
    if (this.json.plain) return
    const stored = readJsonBytes(this.bytes, start, end)
    if (!isUtf8(stored)) throw this.json.damaged(start, 'a name is not stored as UTF-8')
    try {
      const name = unquote(stored)
      if (stored.length !== end - start || name !== stored) this.decodedName = name
    } catch (error) {
      throw this.json.damaged(start, error instanceof Error ? error.message : 'a name cannot be read', error)
    }
  }

  #checkName(): void {
    if (!this.has(FIELD.name)) throw this.json.damaged(this.rawStart, 'a node has no name')
    if (!this.has(FIELD.type)) throw this.json.damaged(this.rawStart, 'a node has no type')
    const { bytes, decodedName } = this
    const start = this.starts[FIELD.name] ?? 0
    const end = this.ends[FIELD.name] ?? 0
    const isName =
      decodedName === undefined ? isNodeName(bytes, start, end) : isNodeName(decodedName, 0, decodedName.length)
    if (!isName) throw this.json.damaged(start, 'a node has a name that no file can have')
    if (this.#isFirst || !this.#isOrdered) return
    const previous = this.#previousName ?? bytes
    const previousStart = this.#previousName === undefined ? this.#previousStart : 0
    const previousEnd = this.#previousName === undefined ? this.#previousEnd : previous.length
    const order =
      decodedName === undefined
        ? compareNames(previous, previousStart, previousEnd, bytes, start, end)
        : compareNames(previous, previousStart, previousEnd, decodedName, 0, decodedName.length)
    if (order >= 0)
      throw this.json.damaged(start, order === 0 ? 'two nodes have one name' : 'its names are not in order')
  }
}

function fieldNamed(key: Uint8Array): number {
  return fieldOf(key, 0, key.length, key.reduce(hashKey, 0))
}
