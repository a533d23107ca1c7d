import { joinPath } from '../source/index.ts'

/** A path that is backed up, with all in it. */
export interface Target {
  /** Absolute and clean. */
  readonly path: Buffer
  /** The file system that it lies on. */
  readonly device: bigint
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

/** Where a target lies. */
export interface TargetPlace {
  readonly folder: Buffer
  /** Undefined: all that is in the folder. */
  readonly name: string | undefined
  readonly device: bigint
}

/** Where the targets lie that are inside no other one. */
export function placesOf({ path, whole, targets, folders }: TargetFolder): TargetPlace[] {
  if (whole) return [{ folder: path, name: undefined, device: whole.device }]
  const here = [...targets].map(([name, { device }]) => ({ folder: path, name, device }))
  return [...here, ...[...folders.values()].flatMap(placesOf)]
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
