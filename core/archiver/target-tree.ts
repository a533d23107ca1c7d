import { type FolderAddress, joinPath, type RootIdentity } from '../source/index.ts'

/** A path that is backed up, with all in it. */
export interface Target {
  /** Absolute and clean. */
  readonly path: Buffer
  /** Where it is read: the same, or its place in a shadow copy. */
  readonly readFrom: Buffer
  readonly identity: RootIdentity
}

/**
 * Where the targets of a backup lie in its snapshot. A target keeps its whole path, as with restic: `/home/ada` becomes
 * `home`, in it `ada`; the folders on the way bring their own names, owners and times, but nothing else that is in them.
 */
export interface TargetFolder {
  /** The folder in the file system. */
  readonly path: Buffer
  /** Targets that lie in it, by their names, and are archived whole. */
  readonly targets: Map<string, Target>
  /** Names in it that lead to targets deeper down. */
  readonly folders: Map<string, TargetFolder>
  /** The target that the folder is itself, which only `/` can be: all that is in it is archived. */
  whole: Target | undefined
}

/** Builds the tree of the targets. One inside another adds nothing. */
export function buildTargetTree(targets: readonly Target[]): TargetFolder {
  const root = folderAt(Buffer.from('/'))
  for (const target of targets) addTarget(root, target)
  return root
}

/** Where the targets are read that are inside no other one. */
export function addressesOf({ whole, targets, folders }: TargetFolder): FolderAddress[] {
  if (whole) return [addressOf(whole)]
  return [...[...targets.values()].map(addressOf), ...[...folders.values()].flatMap(addressesOf)]
}

/** The folder that a target lies in, of which only the target is read; of `/` the folder is itself the target. */
export function addressOf({ path, readFrom, identity }: Target): FolderAddress {
  const [folder, name] = splitPath(path)
  if (name === '') return { path, readFrom, identity }
  const [readFolder, readName] = splitPath(readFrom)
  return { path: folder, readFrom: readFolder, root: { name, readName: readName || '.', identity } }
}

/** A folder, and the name of what lies in it; empty for `/`. */
function splitPath(path: Buffer): [folder: Buffer, name: string] {
  const slash = path.lastIndexOf('/')
  return [path.subarray(0, Math.max(1, slash)), path.latin1Slice(slash + 1)]
}

function addTarget(root: TargetFolder, target: Target): void {
  const names = target.path
    .latin1Slice()
    .split('/')
    .filter((name) => name !== '')
  const last = names.pop()
  if (last === undefined) {
    root.whole = target
    return
  }
  let folder = root
  for (const name of names) {
    if (folder.targets.has(name)) return
    let next = folder.folders.get(name)
    if (!next) {
      next = folderAt(joinPath(folder.path, name))
      folder.folders.set(name, next)
    }
    folder = next
  }
  folder.folders.delete(last)
  folder.targets.set(last, target)
}

function folderAt(path: Buffer): TargetFolder {
  return { path, targets: new Map(), folders: new Map(), whole: undefined }
}
