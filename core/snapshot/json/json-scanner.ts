import { CoreError } from '../../base/index.ts'
import { readHex } from './ascii.ts'
import { UNESCAPED, readJsonBytes } from './json-string.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COMMA = 0x2c
const COLON = 0x3a

/** As deep as Go's decoder goes; restic could not read anything deeper either. */
const DEEPEST = 10_000

const LITERALS = [Buffer.from('null'), Buffer.from('true'), Buffer.from('false')]

/** Bytes that end the quick run through a string: the quote, the backslash, and controls. */
const STOP = new Uint8Array(256).fill(1, 0, 0x20)
STOP[QUOTE] = 1
STOP[BACKSLASH] = 1

/**
 * Finds where JSON values end, in bytes, without making anything of them. Every method takes the position of a value's
 * first byte and returns the position after its last; what is no JSON fails with `repository/damaged`.
 */
export class JsonScanner {
  readonly bytes: Buffer
  /** After `string`: whether it was ASCII without escapes, so that its bytes are its meaning. */
  plain = true
  readonly #what: string
  #open: Uint8Array | undefined

  /** `what` names the document for messages, with a capital: `Tree 3ac5…`. */
  constructor(bytes: Buffer, what: string) {
    this.bytes = bytes
    this.#what = what
  }

  /** The error for damage found at `at`. */
  damaged(at: number, problem: string, cause?: unknown): CoreError {
    return new CoreError('repository/damaged', `${this.#what} is damaged at byte ${at}: ${problem}`, {
      cause,
      safety: 'Nothing was changed. Other snapshots that do not share this part are not affected.',
      remedy: 'Run a check of the repository to learn which snapshots are affected.',
    })
  }

  /** Passes over white space. */
  space(at: number): number {
    const { bytes } = this
    let end = at
    while (end < bytes.length) {
      const byte = bytes[end]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
      end++
    }
    return end
  }

  /** Passes over one punctuation byte and the white space around it. */
  expect(at: number, byte: number, problem: string): number {
    const found = this.space(at)
    if (this.bytes[found] !== byte) throw this.damaged(found, problem)
    return this.space(found + 1)
  }

  string(at: number): number {
    const { bytes } = this
    const { length } = bytes
    if (bytes[at] !== QUOTE) throw this.damaged(at, 'text was expected')
    let end = at + 1
    let seen = 0
    let escaped = false
    for (;;) {
      let byte = 0
      while (end < length && STOP[(byte = bytes[end] ?? 0)] === 0) {
        seen |= byte
        end++
      }
      if (end >= length) throw this.damaged(at, 'text has no end')
      if (byte === QUOTE) {
        this.plain = seen < 0x80 && !escaped
        return end + 1
      }
      if (byte !== BACKSLASH) throw this.damaged(end, 'text holds a control character')
      escaped = true
      end = this.#escape(end)
    }
  }

  #escape(at: number): number {
    const { bytes } = this
    const kind = bytes[at + 1] ?? 0
    if (kind === 0x75 && at + 6 <= bytes.length && readHex(bytes, at + 2, 4) >= 0) return at + 6
    if (UNESCAPED[kind] === 0) throw this.damaged(at, 'text holds an escape that JSON does not know')
    return at + 2
  }

  #number(at: number): number {
    let end = this.bytes[at] === 0x2d ? at + 1 : at
    end = this.bytes[end] === 0x30 ? end + 1 : this.#digits(end)
    if (this.bytes[end] === 0x2e) end = this.#digits(end + 1)
    if (((this.bytes[end] ?? 0) | 0x20) === 0x65) {
      const sign = this.bytes[end + 1]
      end = this.#digits(sign === 0x2b || sign === 0x2d ? end + 2 : end + 1)
    }
    return end
  }

  #digits(at: number): number {
    let end = at
    while (end < this.bytes.length && isDigit(this.bytes[end] ?? 0)) end++
    if (end === at) throw this.damaged(at, 'a digit was expected')
    return end
  }

  /** `null`, `true` or `false`, or -1 where none of them stands. */
  literal(at: number): number {
    for (const literal of LITERALS) {
      if (this.bytes[at] !== literal[0]) continue
      const end = at + literal.length
      if (end > this.bytes.length || this.bytes.compare(literal, 0, literal.length, at, end) !== 0) return -1
      return end
    }
    return -1
  }

  isNull(at: number): boolean {
    return this.bytes[at] === 0x6e && this.literal(at) > 0
  }

  #scalar(at: number): number {
    const byte = this.bytes[at] ?? 0
    if (byte === QUOTE) return this.string(at)
    if (isDigit(byte) || byte === 0x2d) return this.#number(at)
    const end = this.literal(at)
    if (end < 0) throw this.damaged(at, at < this.bytes.length ? 'a value was expected' : 'it ends too early')
    return end
  }

  /** Passes over any value. Takes no stack, however deep the value is. */
  value(at: number): number {
    const { bytes } = this
    const open = (this.#open ??= new Uint8Array(DEEPEST))
    let depth = 0
    let end = at
    for (;;) {
      const byte = bytes[end]
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (depth === DEEPEST) throw this.damaged(end, `it is nested more than ${DEEPEST} deep`)
        const isObject = byte === OPEN_BRACE
        open[depth++] = isObject ? CLOSE_BRACE : CLOSE_BRACKET
        end = this.space(end + 1)
        if (bytes[end] !== open[depth - 1]) {
          if (isObject) end = this.#key(end)
          continue
        }
        depth--
        end++
      } else {
        end = this.#scalar(end)
      }
      for (; ; depth--, end++) {
        if (depth === 0) return end
        end = this.space(end)
        if (bytes[end] !== open[depth - 1]) break
      }
      end = this.expect(end, COMMA, 'a comma was expected')
      if (open[depth - 1] === CLOSE_BRACE) end = this.#key(end)
    }
  }

  #key(at: number): number {
    return this.expect(this.string(at), COLON, 'a colon was expected')
  }

  /**
   * Visits the members of an object: `visit` is told the decoded key, where the key's quote stands, and the value's
   * range. For documents; trees are scanned without calls for each member.
   */
  members(at: number, visit: (key: string, member: number, start: number, end: number) => void): number {
    if (this.bytes[at] !== OPEN_BRACE) throw this.damaged(at, 'an object was expected')
    let end = this.space(at + 1)
    if (this.bytes[end] === CLOSE_BRACE) return end + 1
    for (;;) {
      const member = end
      const keyEnd = this.string(member)
      const start = this.expect(keyEnd, COLON, 'a colon was expected')
      end = this.value(start)
      visit(this.text(member, keyEnd), member, start, end)
      const after = this.space(end)
      if (this.bytes[after] === CLOSE_BRACE) return after + 1
      end = this.expect(end, COMMA, 'a comma was expected')
    }
  }

  /** Visits the elements of an array. */
  elements(at: number, visit: (start: number, end: number) => void): number {
    if (this.bytes[at] !== OPEN_BRACKET) throw this.damaged(at, 'a list was expected')
    let start = this.space(at + 1)
    if (this.bytes[start] === CLOSE_BRACKET) return start + 1
    for (;;) {
      const end = this.value(start)
      visit(start, end)
      const after = this.space(end)
      if (this.bytes[after] === CLOSE_BRACKET) return after + 1
      start = this.expect(end, COMMA, 'a comma was expected')
    }
  }

  /** The text of the string from `start` to `end`, quotes included. */
  text(start: number, end: number): string {
    if (this.bytes[start] !== QUOTE) throw this.damaged(start, 'text was expected')
    return readJsonBytes(this.bytes, start + 1, end - 1).toString()
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
