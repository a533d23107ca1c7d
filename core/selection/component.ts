import { CoreError } from '../base/index.ts'
import type { ByteString } from '../file-system/index.ts'
import { runeAt, runeLength } from './rune.ts'

/** Whether one component of a path (a name without `/`) fits. */
export type ComponentTest = (name: ByteString) => boolean

/** One component of a pattern. `literal` is set where only that very name fits. */
export interface Component {
  readonly literal: ByteString | undefined
  readonly test: ComponentTest
}

/** Matches one byte, one character, or one of a class of characters. */
type Atom = { readonly byte: number } | { readonly ranges: readonly Range[]; readonly negated: boolean } | 'any'
type Range = readonly [low: number, high: number]

/** What follows a `*`, or the beginning. */
interface Chunk {
  readonly afterStar: boolean
  readonly atoms: readonly Atom[]
}

export const ANY_COMPONENT: Component = { literal: undefined, test: () => true }

/**
 * Compiles one component of a pattern in the syntax of Go's `path/filepath.Match`, which restic's patterns are defined
 * by: `*` any run of bytes, `?` one character, `[a-z]` and `[^a-z]` one character of a class or outside of it, `\` takes
 * the next byte as it is. A byte that is not part of valid UTF-8 counts as one character. Fails with `input/invalid`.
 */
export function compileComponent(pattern: ByteString): Component {
  if (!/[\\[\]*?]/.test(pattern)) return { literal: pattern, test: (name) => name === pattern }
  const chunks = parse(pattern)
  return { literal: undefined, test: simpleTest(chunks) ?? ((name) => matches(chunks, name)) }
}

/** The shapes that nearly all patterns have (`*.o`, `core*`, `*cache*`), without the general machine. */
function simpleTest(chunks: readonly Chunk[]): ComponentTest | undefined {
  const texts = chunks.map(({ atoms }) => textOf(atoms))
  const [first, second, third] = texts
  if (texts.includes(undefined) || first === undefined || second === undefined) return undefined
  if (texts.length === 2 && first === '') return second === '' ? () => true : (name) => name.endsWith(second)
  if (texts.length === 2 && second === '') return (name) => name.startsWith(first)
  if (texts.length === 3 && first === '' && third === '') return (name) => name.includes(second)
  return undefined
}

function textOf(atoms: readonly Atom[]): ByteString | undefined {
  let text = ''
  for (const atom of atoms) {
    if (atom === 'any' || !('byte' in atom)) return undefined
    text += String.fromCharCode(atom.byte)
  }
  return text
}

/** Each chunk takes the first place where it fits; the last one has to end where the name does. */
function matches(chunks: readonly Chunk[], name: ByteString): boolean {
  let position = 0
  for (const [index, chunk] of chunks.entries()) {
    const isLast = index === chunks.length - 1
    // A `*` at the end takes whatever is left.
    if (isLast && chunk.afterStar && chunk.atoms.length === 0) return true
    const end = findChunk(chunk, name, position, isLast)
    if (end === undefined) return false
    position = end
  }
  return position === name.length
}

function findChunk(chunk: Chunk, name: ByteString, from: number, isLast: boolean): number | undefined {
  const furthest = chunk.afterStar ? name.length : from
  for (let start = from; start <= furthest; start++) {
    const end = matchAtoms(chunk.atoms, name, start)
    if (end !== undefined && (!isLast || end === name.length)) return end
  }
  return undefined
}

function matchAtoms(atoms: readonly Atom[], name: ByteString, start: number): number | undefined {
  let position = start
  for (const atom of atoms) {
    if (position >= name.length) return undefined
    if (atom !== 'any' && 'byte' in atom) {
      if (name.charCodeAt(position) !== atom.byte) return undefined
      position++
      continue
    }
    if (atom !== 'any') {
      const rune = runeAt(name, position)
      if (atom.ranges.some(([low, high]) => low <= rune && rune <= high) === atom.negated) return undefined
    }
    position += runeLength(name, position)
  }
  return position
}

function parse(pattern: ByteString): Chunk[] {
  const chunks: Chunk[] = []
  let atoms: Atom[] = []
  let afterStar = false
  for (let at = 0; at < pattern.length;) {
    const character = pattern.charAt(at)
    if (character === '*') {
      // Several in a row are one.
      if (!afterStar || atoms.length > 0) chunks.push({ afterStar, atoms })
      atoms = []
      afterStar = true
      at++
    } else if (character === '?') {
      atoms.push('any')
      at++
    } else if (character === '[') {
      const { atom, next } = parseClass(pattern, at + 1)
      atoms.push(atom)
      at = next
    } else {
      if (character === '\\') at++
      if (at >= pattern.length) throw malformed(pattern)
      atoms.push({ byte: pattern.charCodeAt(at) })
      at++
    }
  }
  chunks.push({ afterStar, atoms })
  return chunks
}

function parseClass(pattern: ByteString, start: number): { atom: Atom; next: number } {
  let at = start
  const negated = pattern.charAt(at) === '^'
  if (negated) at++
  const ranges: Range[] = []
  const character = (): number => {
    if (at >= pattern.length || pattern.charAt(at) === '-' || pattern.charAt(at) === ']') throw malformed(pattern)
    if (pattern.charAt(at) === '\\') at++
    if (at >= pattern.length) throw malformed(pattern)
    const rune = runeAt(pattern, at)
    const length = runeLength(pattern, at)
    // A class of bytes that are no character has no meaning.
    if (length === 1 && rune > 0x7f) throw malformed(pattern)
    at += length
    if (at >= pattern.length) throw malformed(pattern)
    return rune
  }
  while (pattern.charAt(at) !== ']' || ranges.length === 0) {
    const low = character()
    let high = low
    if (pattern.charAt(at) === '-') {
      at++
      high = character()
    }
    ranges.push([low, high])
  }
  return { atom: { ranges, negated }, next: at + 1 }
}

function malformed(pattern: ByteString): CoreError {
  const shown = Buffer.from(pattern, 'latin1').toString()
  return new CoreError('input/invalid', `The pattern part ${JSON.stringify(shown)} is malformed`, {
    safety: 'Nothing was read or stored.',
    remedy:
      'Close every [ with ], do not end with a single \\, and write \\ before [, ], -, * or ? to mean themselves.',
  })
}
