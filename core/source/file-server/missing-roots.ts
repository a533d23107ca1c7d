import { systemCode } from '../../base/index.ts'
import { statEntry } from '../../file-system/index.ts'

/** Roots as they are found before a run. */
export interface FoundRoots {
  readonly there: readonly Buffer[]
  /** Those that are not there. Empty where none is: then all of them are `there`, and what is wrong is told of any of them. */
  readonly missing: readonly Buffer[]
}

/**
 * Tells roots that are not there from those that are, so that a disk that is away today keeps nothing else from being backed
 * up. What cannot be looked at is there, as far as anybody knows.
 */
export function findRoots(paths: readonly Buffer[]): FoundRoots {
  const there = paths.filter((path) => !isMissing(path))
  if (there.length === 0) return { there: paths, missing: [] }
  return { there, missing: paths.filter((path) => !there.includes(path)) }
}

/** Whether there is nothing at a path. */
export function isMissing(path: Buffer): boolean {
  try {
    return statEntry(path) === undefined
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
  }
}
