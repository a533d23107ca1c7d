import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { argumentBytes, isTextArgument, readArguments } from '../../../../core/base/index.ts'

/** The arguments as they come in, when a program is started with these bytes. */
function started(given: readonly Buffer[], ...before: readonly string[]): string[] {
  const line = [...before.map((each) => Buffer.from(each)), ...given].map((each) => Buffer.concat([each, Buffer.of(0)]))
  // Node puts whole paths where it was started by short ones.
  const decoded = ['/usr/bin/node', '/holdfast.mjs', ...given.map((each) => each.toString('utf8'))]
  return readArguments(decoded, () => Buffer.concat(line))
}

it('keeps the bytes of every argument, and text as it is', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ max: 255, min: 1 }).map((array) => Buffer.from(array)),
    fc
      .array(fc.constantFrom('a', 'é', '\u{1F600}', '\uFFFD'), { maxLength: 4 })
      .map((parts) => Buffer.from(parts.join(''))),
    fc
      .constantFrom('\xff', 'caf\xe9', '\xe2\x82', '\xed\xb2\x80', '\xf0\x9f\x98\x80\xf0')
      .map((each) => Buffer.from(each, 'latin1')),
  )
  fc.assert(
    fc.property(fc.array(bytes), (given) => {
      const read = started(given, 'node', '--disable-sigusr1', 'holdfast.mjs').slice(2)
      expect(read.map(argumentBytes)).toEqual(given)
      for (const [at, each] of given.entries()) {
        const isText = Buffer.from(each.toString('utf8')).equals(each)
        expect(isTextArgument(read[at] ?? '')).toBe(isText)
        if (isText) expect(read[at]).toBe(each.toString('utf8'))
      }
    }),
  )
})

it('takes the arguments as Node has them where the system does not tell', () => {
  expect(readArguments(['node', 'script', 'caf\uFFFD'], () => Buffer.alloc(0))).toEqual(['node', 'script', 'caf\uFFFD'])
})
