/**
 * Where the targets of a backup lie in its snapshot. A target keeps its whole path, as with restic: `/home/ada` becomes
 * `home`, in it `ada`; the folders on the way bring their own names, owners and times, but nothing else that is in them.
 */
export interface TargetFolder {
  /** The folder in the file system. */
  readonly path: Buffer
  /** Names in it that are targets themselves, and are archived whole. */
  readonly targets: Set<string>
  /** Names in it that lead to targets deeper down. */
  readonly folders: Map<string, TargetFolder>
}

const SLASH = 0x2f

/** Builds the tree of absolute, clean paths. A target inside another one adds nothing. `/` itself stands for all in it. */
export function buildTargetTree(targets: readonly Buffer[]): TargetFolder {
  const root = folderAt(Buffer.from('/'))
  for (const target of targets) addTarget(root, target)
  return root
}

function addTarget(root: TargetFolder, target: Buffer): void {
  const names = target
    .latin1Slice()
    .split('/')
    .filter((name) => name !== '')
  const last = names.pop()
  let folder = root
  for (const name of names) {
    if (folder.targets.has(name)) return
    let next = folder.folders.get(name)
    if (!next) {
      next = folderAt(childPath(folder.path, name))
      folder.folders.set(name, next)
    }
    folder = next
  }
  if (last === undefined) return
  folder.folders.delete(last)
  folder.targets.add(last)
}

function folderAt(path: Buffer): TargetFolder {
  return { path, targets: new Set(), folders: new Map() }
}

function childPath(folder: Buffer, name: string): Buffer {
  const separator = folder.at(-1) === SLASH ? '' : '/'
  return Buffer.concat([folder, Buffer.from(separator + name, 'latin1')])
}
