import type { TreeReader } from '../tree/tree-reader.ts'

/** Whether the content is made of the same blobs. That of an empty file may be stored as an empty list, or as null. */
export function hasSameContent(left: TreeReader, right: TreeReader): boolean {
  if (left.blobs !== right.blobs) return false
  return left.blobs === 0 || bytesAre(left.content, right.content)
}

/** Whether everything that restic knows of two nodes of one name is the same, but for their content. */
export function hasSameMetadata(left: TreeReader, right: TreeReader): boolean {
  return (
    left.type === right.type &&
    left.mode === right.mode &&
    left.mtime === right.mtime &&
    left.atime === right.atime &&
    left.ctime === right.ctime &&
    left.uid === right.uid &&
    left.gid === right.gid &&
    left.user === right.user &&
    left.group === right.group &&
    left.inode === right.inode &&
    left.deviceId === right.deviceId &&
    left.size === right.size &&
    left.links === right.links &&
    left.device === right.device &&
    left.error === right.error &&
    bytesAre(left.linkTarget, right.linkTarget) &&
    bytesAre(left.subtree, right.subtree) &&
    bytesAre(left.genericAttributes, right.genericAttributes) &&
    haveSameAttributes(left, right)
  )
}

/** In whatever order. */
function haveSameAttributes(left: TreeReader, right: TreeReader): boolean {
  const [some, others] = [attributesOf(left), attributesOf(right)]
  return some.length === others.length && some.every((attribute, at) => attribute === others[at])
}

function attributesOf({ extendedAttributes = [] }: TreeReader): string[] {
  return extendedAttributes
    .map(({ name, value }) => `${name.toString('hex')}=${(value ?? NOTHING).toString('hex')}`)
    .toSorted()
}

const NOTHING = Buffer.alloc(0)

function bytesAre(left: Buffer | null | undefined, right: Buffer | null | undefined): boolean {
  return left && right ? left.equals(right) : !left === !right
}
