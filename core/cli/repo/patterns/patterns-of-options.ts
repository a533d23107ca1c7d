import type { ByteString } from '../../../file-system/index.ts'
import { byteStringOf } from '../../byte-arguments.ts'
import type { ExcludeOptions } from './exclude-options.ts'
import { patternsIn } from './pattern-files.ts'

/** Patterns that are given one by one, and those in files. */
export function patternsOf(given: readonly string[] = [], files: readonly string[] = []): ByteString[] {
  return [...given.map(byteStringOf), ...patternsIn(files)]
}

export interface Excludes {
  readonly excludes: readonly ByteString[]
  readonly caseInsensitiveExcludes: readonly ByteString[]
}

/** What the options leave out. */
export function excludesOf({ exclude, excludeFile, iexclude, iexcludeFile }: ExcludeOptions): Excludes {
  return { excludes: patternsOf(exclude, excludeFile), caseInsensitiveExcludes: patternsOf(iexclude, iexcludeFile) }
}
