/** Where an entry is restored. */
export interface Place {
  /** Path of its folder below the target. */
  readonly folder: Buffer
  readonly name: Buffer
}

/** The path below the target. */
export function pathOf({ folder, name }: Place): Buffer {
  return folder.length > 0 ? Buffer.concat([folder, SLASH, name]) : name
}

/** The parts of a path below the target, which is not the target itself. */
export function placeOfPath(path: Buffer): Place {
  const slash = path.lastIndexOf(SLASH)
  return { folder: path.subarray(0, Math.max(0, slash)), name: path.subarray(slash + 1) }
}

const SLASH = Buffer.from('/')
