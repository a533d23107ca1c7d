import { CoreError } from '../../base/index.ts'

/** A run of a disk. Bytes. */
export interface DiskArea {
  readonly offset: number
  readonly length: number
}

/**
 * Reads `[{"offset":0,"length":65536}, …]`, areas of a disk of so many bytes, in any order, overlapping or not. Takes no
 * memory, however many there are. Throws `input/invalid`, telling the byte, for anything else: what is not understood must
 * not leave out what has changed.
 */
export function readAreas(pieces: Iterable<Uint8Array>, diskBytes: number, onArea: (area: DiskArea) => void): void {
  const tokens = tokensOf(pieces)
  const next = (): Token => tokens.next().value

  function readArea(): DiskArea {
    const found: { offset?: number; length?: number } = {}
    for (let count = 0; count < 2; count++) {
      const { at, text } = expect(next(), 'a name')
      if ((text !== 'offset' && text !== 'length') || found[text] !== undefined)
        throw refusal(at, 'an area has an offset and a length, each once, and nothing else')
      expect(next(), ':')
      const number = expect(next(), 'a whole number')
      found[text] = number.value ?? 0
      if (count === 0) expect(next(), ',')
    }
    const { at } = expect(next(), '}')
    const { offset = 0, length = 0 } = found
    if (!Number.isSafeInteger(offset + length) || offset + length > diskBytes)
      throw refusal(at, `an area ends at ${offset + length}, and the disk at ${diskBytes}`)
    return { offset, length }
  }

  expect(next(), '[')
  let token = next()
  if (token.kind !== ']') {
    for (;;) {
      expect(token, '{')
      onArea(readArea())
      token = next()
      if (token.kind === ']') break
      expect(token, ',')
      token = next()
    }
  }
  expect(next(), '')
}

function expect(token: Token, kind: string): Token {
  if (token.kind === kind) return token
  const wanted = kind === '' ? 'the end' : kind
  throw refusal(token.at, `there is ${token.kind === '' ? 'the end' : token.kind} where ${wanted} should be`)
}

interface Token {
  readonly kind: string
  readonly at: number
  readonly text?: string
  readonly value?: number
}

const QUOTE = 0x22
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d])
const MARKS = new Map(['[', ']', '{', '}', ':', ','].map((mark) => [mark.charCodeAt(0), mark]))
const ZERO = 0x30
/** `offset`. */
const LONGEST_NAME = 6

function* tokensOf(pieces: Iterable<Uint8Array>): Generator<Token, Token> {
  let at = 0
  /** -1 behind anything else but a digit. */
  let number = -1
  let text: string | undefined
  for (const piece of pieces) {
    for (const byte of piece) {
      if (text !== undefined) {
        if (byte === QUOTE) {
          yield { kind: 'a name', at, text }
          text = undefined
        } else if (text.length === LONGEST_NAME) throw refusal(at, 'a name is longer than any can be')
        else text += String.fromCharCode(byte)
      } else if (byte >= ZERO && byte <= ZERO + 9) {
        // A number does not begin with a zero.
        if (number === 0) throw refusal(at, 'there is no whole number as JSON has it')
        number = Math.max(0, number) * 10 + byte - ZERO
        if (!Number.isSafeInteger(number)) throw refusal(at, 'a number is larger than any offset can be')
      } else {
        if (number >= 0) yield { kind: 'a whole number', at, value: number }
        number = -1
        if (byte === QUOTE) text = ''
        else if (MARKS.has(byte)) yield { kind: MARKS.get(byte) ?? '', at }
        else if (!SPACES.has(byte)) throw refusal(at, 'it is no list of areas')
      }
      at++
    }
  }
  if (text !== undefined) throw refusal(at, 'a name has no end')
  if (number >= 0) yield { kind: 'a whole number', at, value: number }
  return { kind: '', at }
}

function refusal(at: number, why: string): CoreError {
  return new CoreError('input/invalid', `The list of changed areas cannot be used: at byte ${at}, ${why}.`, {
    safety: 'Nothing was read or stored.',
    remedy:
      'Give [{"offset":0,"length":65536}, …] with whole numbers of bytes within the disk; or leave --changed out.',
  })
}
