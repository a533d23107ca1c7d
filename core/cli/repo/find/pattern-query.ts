import type { ByteString } from '../../../file-system/index.ts'
import { type ComponentTest, createRestoreSelection } from '../../../selection/index.ts'
import type { TreeQuery, TreeReader } from '../../../snapshot/index.ts'
import { folderIn, type ListedFolder, ROOT } from '../text/node-text.ts'

/** A folder that is being searched. */
export interface PatternFolder extends ListedFolder {
  /** It fits a pattern itself, and so does all that is in it. */
  readonly isMeant: boolean
  /** Whether an entry fits, by its name. Made when it is first asked for: most folders are known already. */
  readonly fits: ComponentTest
}

export interface FindPatterns {
  /** As restic's `find` takes them. */
  readonly patterns: readonly ByteString[]
  readonly ignoreCase: boolean
  /** Nanoseconds since the epoch. */
  readonly oldest: bigint | undefined
  readonly newest: bigint | undefined
}

/** Finds entries by patterns and the times when they were changed. */
export function createPatternQuery(
  { patterns, ignoreCase, oldest, newest }: FindPatterns,
  onFound: (node: TreeReader, name: Buffer, folder: ListedFolder) => void,
): Pick<TreeQuery<PatternFolder>, 'meet' | 'enter' | 'circumstances'> & { readonly root: PatternFolder } {
  // restic passes over a `!`, which has a meaning in lists only; and the empty pattern fits everything, as none does.
  const plain = patterns.map((pattern) => pattern.replace(/^!/, ''))
  const given = plain.includes('') ? [] : plain
  const selection = createRestoreSelection(ignoreCase ? { caseInsensitiveIncludes: given } : { includes: given })
  const isByName = given.every((pattern) => !pattern.includes('/') && pattern !== '**')

  function folderOf(listed: ListedFolder, isMeant: boolean): PatternFolder {
    let test: ComponentTest | undefined
    return { ...listed, isMeant, fits: (name) => (test ??= selection.inFolder(pathOf(listed)))(name) }
  }

  return {
    root: folderOf(ROOT, false),
    meet(node, folder) {
      const { name } = node
      if (!folder.fits(name.toString('latin1')) || !isInTime(node, oldest, newest)) return false
      onFound(node, name, folder)
      return true
    },
    enter(node, folder) {
      const { name } = node
      const below = folderIn(folder, name)
      if (!selection.entersFolder(pathOf(below))) return undefined
      return folderOf(below, folder.isMeant || folder.fits(name.toString('latin1')))
    },
    circumstances: ({ path, isMeant }) => (isByName && !isMeant ? undefined : path),
  }
}

/** Without the slash behind it. */
function pathOf({ path }: ListedFolder): ByteString {
  return path.toString('latin1', 0, Math.max(1, path.length - 1))
}

function isInTime(node: TreeReader, oldest: bigint | undefined, newest: bigint | undefined): boolean {
  if (oldest !== undefined && node.mtime < oldest) return false
  return newest === undefined || node.mtime <= newest
}
