import { type TreeReader, unixModeFromGo } from '../snapshot/index.ts'
import type { Metadata } from '../target/index.ts'

/** What a restored entry gets beside its content. */
export function metadataOf(node: TreeReader): Metadata {
  return {
    mode: unixModeFromGo(node.mode) & 0o7777,
    user: node.uid,
    group: node.gid,
    accessed: node.atime,
    modified: node.mtime,
    attributes: (node.extendedAttributes ?? []).map(({ name, value }) => ({ name, value: value ?? Buffer.alloc(0) })),
  }
}
