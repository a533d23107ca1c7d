import { joinPath } from '../file-system/index.ts'
import type { FolderAddress, PreparedRoot } from '../source/index.ts'

/**
 * Where the roots of a backup lie in its snapshot. A root keeps its whole path, as with restic: `/home/ada` becomes
 * `home`, in it `ada`; the folders on the way bring their own names, owners and times, but nothing else that is in them.
 */
export interface RootFolder {
  /** The folder in the file system. */
  readonly path: Buffer
  /** Roots that lie in it, by their names, and are archived whole. */
  readonly roots: Map<string, PreparedRoot>
  /** Names in it that lead to roots deeper down. */
  readonly folders: Map<string, RootFolder>
  /** The root that the folder is itself, which only `/` can be: all that is in it is archived. */
  whole: PreparedRoot | undefined
}

/** Builds the tree of the roots. One inside another adds nothing. */
export function buildRootTree(roots: readonly PreparedRoot[]): RootFolder {
  const top = folderAt(Buffer.from('/'))
  for (const root of roots) addRoot(top, root)
  return top
}

/** The roots that are inside no other one. */
export function outermostOf({ whole, roots, folders }: RootFolder): PreparedRoot[] {
  if (whole) return [whole]
  return [...roots.values(), ...[...folders.values()].flatMap(outermostOf)]
}

/** The folder that a root lies in, of which only the root is read; of `/` the folder is itself the root. */
export function addressOf({ path, readFrom, identity }: PreparedRoot): FolderAddress {
  const [folder, name] = splitPath(Buffer.from(path))
  if (name === '') return { path, readFrom, identity }
  const [readFolder, readName] = splitPath(Buffer.from(readFrom))
  return { path: folder, readFrom: readFolder, root: { name, readName: readName || '.', identity } }
}

/** A folder, and the name of what lies in it; empty for `/`. */
function splitPath(path: Buffer): [folder: Buffer, name: string] {
  const slash = path.lastIndexOf('/')
  return [path.subarray(0, Math.max(1, slash)), path.latin1Slice(slash + 1)]
}

function addRoot(top: RootFolder, root: PreparedRoot): void {
  const names = Buffer.from(root.path)
    .latin1Slice()
    .split('/')
    .filter((name) => name !== '')
  const last = names.pop()
  if (last === undefined) {
    top.whole = root
    return
  }
  let folder = top
  for (const name of names) {
    if (folder.roots.has(name)) return
    let next = folder.folders.get(name)
    if (!next) {
      next = folderAt(joinPath(folder.path, name))
      folder.folders.set(name, next)
    }
    folder = next
  }
  folder.folders.delete(last)
  folder.roots.set(last, root)
}

function folderAt(path: Buffer): RootFolder {
  return { path, roots: new Map(), folders: new Map(), whole: undefined }
}
