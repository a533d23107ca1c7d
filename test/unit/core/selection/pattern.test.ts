import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../core/base/index.ts'
import { toByteString } from '../../../../core/file-system/index.ts'
import { createRestoreSelection, createSelection } from '../../../../core/selection/index.ts'
import { compilePatterns } from '../../../../core/selection/pattern-list.ts'

const matches = (patterns: string[], path: string): boolean =>
  compilePatterns(patterns.map(toByteString)).matches(toByteString(path))

const problem = (): void => undefined

describe('a pattern', () => {
  it.each([
    // A name fits anywhere, and takes what is below along.
    ['foo', '/foo', true],
    ['foo', '/a/foo/b/c', true],
    ['foo', '/a/food', false],
    ['*.o', '/a/x.o', true],
    ['*.o', '/a/x.o/b', true],
    ['*.o', '/a/x.c', false],
    // Several components have to follow each other.
    ['a/b', '/x/a/b/y', true],
    ['a/b', '/a/x/b', false],
    ['a/*/b', '/a/x/b', true],
    // A slash in front ties it to the root; one at the end means nothing.
    ['/a', '/a/b', true],
    ['/a', '/b/a', false],
    ['/', '/a', true],
    ['a/', '/x/a', true],
    ['./a//b/../c', '/a/c', true],
    ['*', '/a', true],
    // Any number of components, none included.
    ['**', '/a', true],
    ['/a/**/b', '/a/b', true],
    ['/a/**/b', '/a/x/y/b', true],
    ['/a/**/b', '/x/a/b', false],
    ['foo/**', '/foo', true],
    ['**/foo', '/a/b/foo', true],
    ['a**b', '/axxb', true],
    ['a**b', '/a/b', false],
    // As in restic: with two, the folder itself may not fit although all below it does.
    ['/**/foo/**', '/x/foo', false],
    ['/**/foo/**', '/x/foo/y', true],
    // One character, whatever its length in bytes.
    ['caf?', '/café', true],
    ['caf??', '/café', false],
    ['?', '/日', true],
    ['[a-c]x', '/bx', true],
    ['[^a-c]x', '/bx', false],
    ['[à-ü]', '/é', true],
    ['[é-]', '/é', undefined],
    [String.raw`a\*`, '/a*', true],
    [String.raw`a\*`, '/ab', false],
    [String.raw`[\]]`, '/]', true],
    ['a]', '/a]', true],
    ['*a*b*c', '/xaybzc', true],
    ['*a*b*c', '/xaybzcd', false],
    ['*ab?', '/ababc', true],
  ])('%s decides about %s: %s', (pattern, path, expected) => {
    if (expected !== undefined) expect(matches([pattern], path)).toBe(expected)
    else expect(() => matches([pattern], path)).toThrow('malformed')
  })

  it('counts a byte that is not UTF-8 as one character', () => {
    const list = compilePatterns(['caf?', '\xff*', '[^a]\xfe'])
    expect(list.matches('/caf\xe9')).toBe(true)
    expect(list.matches('/\xffz')).toBe(true)
    expect(list.matches('/\xf0\xfe')).toBe(true)
    expect(list.matches('/caf\xe9\xe9')).toBe(false)
  })

  it.each(['[', 'a[b', '[]', '[]a]', '[-a]', '[a-]', '[^]', 'a\\', '[a\\', 'x/[a/b]', '*['])(
    'refuses %s',
    (pattern) => {
      try {
        compilePatterns([pattern])
        expect.unreachable()
      } catch (error) {
        expect(isCode(error, 'input/invalid')).toBe(true)
      }
    },
  )
})

describe('a list of patterns', () => {
  it('takes back with ! what earlier patterns matched', () => {
    expect(matches(['*.o', '!keep.o'], '/a/x.o')).toBe(true)
    expect(matches(['*.o', '!keep.o'], '/a/keep.o')).toBe(false)
    expect(matches(['!keep.o', '*.o'], '/a/keep.o')).toBe(true)
    expect(matches(['*.o', '!keep.o', '/a'], '/a/keep.o')).toBe(true)
  })

  it('passes over empty patterns', () => {
    expect(compilePatterns(['']).isEmpty).toBe(true)
  })

  it('decides by the names in a folder as it does by whole paths', () => {
    const component = fc.constantFrom('a', 'b', 'ab', '*', 'a*', '*b', '?', '[ab]', '**', 'b.o', '*.o')
    const pattern = fc
      .tuple(fc.constantFrom('', '!', '/', '!/'), fc.array(component, { minLength: 1, maxLength: 4 }))
      .map(([start, parts]) => start + parts.join('/'))
    const folder = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'b.o'), { maxLength: 5 })
      .map((parts) => `/${parts.join('/')}`)
    const name = fc.constantFrom('a', 'b', 'ab', 'ba', 'b.o', 'x')
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 4 }), folder, name, (patterns, path, entry) => {
        const list = compilePatterns(patterns)
        expect(list.inFolder(path)(entry)).toBe(list.matches(path === '/' ? `/${entry}` : `${path}/${entry}`))
      }),
      { numRuns: 5000 },
    )
  })
})

describe('a backup selection', () => {
  it('ignores case only where it is told to, in every script', () => {
    const selection = createSelection(
      { excludes: ['Foo'], caseInsensitiveExcludes: [toByteString('Äpfel.*')] },
      problem,
    )
    const isExcluded = selection.inFolder('/')
    expect(isExcluded('Foo')).toBe(true)
    expect(isExcluded('foo')).toBe(false)
    expect(isExcluded(toByteString('äPFEL.TXT'))).toBe(true)
  })

  it('FS-17: leaves out names and paths that are not UTF-8 only when it is told to', () => {
    const kept = createSelection({}, problem)
    expect(kept.inFolder('/a')('caf\xe9')).toBe(false)
    const skipped = createSelection({ onlyUtf8Names: true }, problem)
    expect(skipped.inFolder('/a')('caf\xe9')).toBe(true)
    expect(skipped.inFolder('/a')(toByteString('café'))).toBe(false)
    expect(skipped.inFolder('/a\xe9')('b')).toBe(true)
  })
})

describe('a restore selection', () => {
  it('takes everything unless told otherwise', () => {
    const selection = createRestoreSelection({})
    expect(selection.inFolder('/a')('b')).toBe(true)
    expect(selection.entersFolder('/a')).toBe(true)
  })

  it('looks only into folders that may hold something included', () => {
    const selection = createRestoreSelection({ includes: ['/a/b/*.txt', '/c/**/d'] })
    expect(selection.entersFolder('/a')).toBe(true)
    expect(selection.entersFolder('/a/b')).toBe(true)
    expect(selection.entersFolder('/a/x')).toBe(false)
    expect(selection.entersFolder('/c/x/y/z')).toBe(true)
    expect(selection.entersFolder('/d')).toBe(false)
    expect(selection.inFolder('/a')('b')).toBe(false)
    expect(selection.inFolder('/a/b')('x.txt')).toBe(true)
    expect(createRestoreSelection({ includes: ['x'] }).entersFolder('/any/where')).toBe(true)
  })

  it('enters no folder that is excluded', () => {
    const selection = createRestoreSelection({ excludes: ['/a'], caseInsensitiveExcludes: ['tmp'] })
    expect(selection.inFolder('/')('a')).toBe(false)
    expect(selection.entersFolder('/a')).toBe(false)
    expect(selection.inFolder('/b')('TMP')).toBe(false)
    expect(selection.inFolder('/b')('c')).toBe(true)
  })

  it('refuses includes together with excludes', () => {
    expect(() => createRestoreSelection({ includes: ['a'], excludes: ['b'] })).toThrow('not both')
  })
})
