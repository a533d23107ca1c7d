import { joinPath, type EntryStat, isUtf8Name, type ByteString, kindOf } from '../file-system/index.ts'
import type { ComponentTest } from './component.ts'
import { CACHE_FOLDER_TAG, type FolderTag, isTagged, parseFolderTag, type TagProblem } from './folder-tag.ts'
import { compilePatterns } from './pattern-list.ts'
import { lowerCase } from './rune.ts'

/** What a backup leaves out. Plain data, so that it can be given to a worker thread. Default: nothing. */
export interface SelectionOptions {
  /** Patterns as `compilePattern` takes them, for absolute paths; those out of exclude files among them. */
  readonly excludes?: readonly ByteString[] | undefined
  /** The same, where upper and lower case are one. */
  readonly caseInsensitiveExcludes?: readonly ByteString[] | undefined
  /** `NAME[:HEADER]`, see `FolderTag`. */
  readonly excludeIfPresent?: readonly string[] | undefined
  /** Leaves out what lies in folders marked as caches. */
  readonly excludeCaches?: boolean | undefined
  /** Leaves out entries other than folders that are larger. Bytes. */
  readonly excludeLargerThan?: bigint | undefined
  /** Stays on the file system of each root; folders where another one is mounted are kept, empty. */
  readonly oneFileSystem?: boolean | undefined
  /** Leaves out names and paths that are not UTF-8 (FS-17). Default: they are kept. */
  readonly onlyUtf8Names?: boolean | undefined
}

/** Decides what a backup leaves out, as restic does. Compiled once a thread. */
export interface Selection {
  /**
   * Prepares the decision for the entries of one folder, by name alone, before anything else is asked of them.
   * `path` is what patterns see, absolute; `readFrom` is where the folder lies now (a shadow copy, maybe).
   */
  inFolder(path: ByteString, readFrom?: Buffer): ComponentTest
  /** Whether `excludes` ever says yes. */
  readonly excludesSome: boolean
  /** Whether an entry whose name was kept is left out for what it is. `allowed` is its root's file system. */
  excludes(stat: EntryStat, parentDevice: bigint, allowed: bigint): boolean
  /** Whether what is below a kept folder is looked at: not where another file system is mounted. */
  entersFolder(stat: EntryStat, allowed: bigint): boolean
}

/** Fails with `input/invalid` when a pattern or a tag is malformed. */
export function createSelection(options: SelectionOptions, problem: TagProblem): Selection {
  const patterns = compilePatterns(options.excludes ?? [])
  const caseless = compilePatterns((options.caseInsensitiveExcludes ?? []).map(lowerCase))
  const tags: FolderTag[] = (options.excludeIfPresent ?? []).map(parseFolderTag)
  if (options.excludeCaches === true) tags.push(CACHE_FOLDER_TAG)
  const { excludeLargerThan, oneFileSystem = false, onlyUtf8Names = false } = options

  return {
    inFolder(path, readFrom = Buffer.from(path, 'latin1')) {
      const tests: ComponentTest[] = []
      if (onlyUtf8Names) tests.push(isUtf8Name(path) ? (name) => !isUtf8Name(name) : () => true)
      if (!patterns.isEmpty) tests.push(patterns.inFolder(path))
      if (!caseless.isEmpty) {
        const isExcluded = caseless.inFolder(lowerCase(path))
        tests.push((name) => isExcluded(lowerCase(name)))
      }
      for (const tag of tags) {
        const told = (error: unknown): void => problem(joinPath(Buffer.from(path, 'latin1'), tag.name), error)
        if (isTagged(readFrom, tag, told)) tests.push((name) => name !== tag.name)
      }
      return anyOf(tests)
    },
    excludesSome: excludeLargerThan !== undefined || oneFileSystem,
    excludes(stat, parentDevice, allowed) {
      const isFolder = kindOf(stat) === 'dir'
      if (excludeLargerThan !== undefined && !isFolder && stat.size > excludeLargerThan) return true
      if (!oneFileSystem || stat.dev === allowed) return false
      // The folder that another file system is mounted on is kept; what that one holds is not.
      return !(isFolder && parentDevice === allowed)
    },
    entersFolder: (stat, allowed) => !oneFileSystem || stat.dev === allowed,
  }
}

function anyOf(tests: readonly ComponentTest[]): ComponentTest {
  const [only] = tests
  if (only === undefined) return () => false
  if (tests.length === 1) return only
  return (name) => tests.some((test) => test(name))
}
