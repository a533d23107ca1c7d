import { CoreError } from '../base/index.ts'
import type { ByteString } from '../file-system/index.ts'
import type { ComponentTest } from './component.ts'
import { compilePatterns } from './pattern-list.ts'
import { lowerCase } from './rune.ts'

/**
 * What a restore takes of a snapshot, by patterns as `compilePattern` takes them for the paths in it, which begin with
 * `/`. Either includes or excludes; neither means everything.
 */
export interface RestoreSelectionOptions {
  readonly includes?: readonly ByteString[] | undefined
  readonly caseInsensitiveIncludes?: readonly ByteString[] | undefined
  readonly excludes?: readonly ByteString[] | undefined
  readonly caseInsensitiveExcludes?: readonly ByteString[] | undefined
}

/** Decides what a restore takes, as restic does. */
export interface RestoreSelection {
  /** Prepares the decision whether entries of a folder, by name, are restored. */
  inFolder(path: ByteString): ComponentTest
  /** Whether a folder has to be looked into: it may hold something that is restored, also where it is not itself. */
  entersFolder(path: ByteString): boolean
}

/** Fails with `input/invalid` when a pattern is malformed, or when both includes and excludes are given. */
export function createRestoreSelection(options: RestoreSelectionOptions): RestoreSelection {
  const includes = compileBoth(options.includes, options.caseInsensitiveIncludes)
  const excludes = compileBoth(options.excludes, options.caseInsensitiveExcludes)
  if (!includes.isEmpty && !excludes.isEmpty) {
    throw new CoreError(
      'input/invalid',
      'A restore takes either patterns to include or patterns to exclude, not both',
      {
        safety: 'Nothing was written.',
        remedy: 'Leave out one of the two.',
      },
    )
  }
  if (!includes.isEmpty) return { inFolder: includes.inFolder, entersFolder: includes.mayMatchBelow }
  return {
    inFolder: (path) => {
      const isExcluded = excludes.inFolder(path)
      return (name) => !isExcluded(name)
    },
    // What lies in an excluded folder is excluded with it.
    entersFolder: (path) => !excludes.matches(path),
  }
}

function compileBoth(exact: readonly ByteString[] = [], caseless: readonly ByteString[] = []) {
  const patterns = compilePatterns(exact)
  const lower = compilePatterns(caseless.map(lowerCase))
  return {
    isEmpty: patterns.isEmpty && lower.isEmpty,
    matches: (path: ByteString) => patterns.matches(path) || lower.matches(lowerCase(path)),
    mayMatchBelow: (path: ByteString) => patterns.mayMatchBelow(path) || lower.mayMatchBelow(lowerCase(path)),
    inFolder: (path: ByteString): ComponentTest => {
      const isExact = patterns.inFolder(path)
      if (lower.isEmpty) return isExact
      const isCaseless = lower.inFolder(lowerCase(path))
      return (name) => isExact(name) || isCaseless(lowerCase(name))
    },
  }
}
