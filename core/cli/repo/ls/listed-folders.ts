import { CoreError } from '../../../base/index.ts'
import type { ByteString } from '../../../file-system/index.ts'
import { shownArgument } from '../../byte-arguments.ts'
import { namesOf } from '../lookup/snapshot-path.ts'

/** Which entries of a snapshot are listed, given the folders that were asked for. Paths begin with a slash. */
export interface ListedFolders {
  /** Nothing was asked for in particular: every path is listed and entered, whatever it is. */
  readonly listsAll: boolean
  /** Whether the entry is listed. */
  lists(path: ByteString): boolean
  /** Whether something in the folder may be listed. */
  enters(path: ByteString): boolean
  /** What was asked for and did not come. */
  missing(): string[]
}

/** Lists everything when `dirs` is empty. Throws `input/invalid` for one that does not begin with a slash. */
export function createListedFolders(dirs: readonly string[], recursive: boolean): ListedFolders {
  if (dirs.length === 0) return { listsAll: true, lists: () => true, enters: () => true, missing: () => [] }
  const wanted = dirs.map((dir) => {
    if (dir.startsWith('/'))
      return {
        path: namesOf(dir)
          .map((name) => `/${name.toString('latin1')}`)
          .join(''),
        dir,
      }
    throw new CoreError('input/invalid', `${shownArgument(dir)} is not a path from the root of the snapshot.`, {
      safety: 'Nothing was changed.',
      remedy: 'Begin it with a slash, as in /home/ada.',
    })
  })
  const seen = new Set(wanted.filter(({ path }) => path === '').map(({ dir }) => dir))
  return {
    listsAll: false,
    lists(path) {
      let isListed = false
      for (const { path: folder, dir } of wanted) {
        if (!isIn(path, folder)) continue
        isListed = true
        seen.add(dir)
      }
      return isListed
    },
    enters: (path) => wanted.some(({ path: folder }) => isIn(folder, path) || (recursive && isIn(path, folder))),
    missing: () => dirs.filter((dir) => !seen.has(dir)),
  }
}

/** Whether `path` is `folder` or lies in it. The root is empty. */
function isIn(path: ByteString, folder: ByteString): boolean {
  return path.startsWith(folder) && (path.length === folder.length || path.charCodeAt(folder.length) === SLASH)
}

const SLASH = 0x2f
