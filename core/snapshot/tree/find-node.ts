import { TreeReader } from './tree-reader.ts'

/**
 * Finds a node by its name and stops there. What follows it in the tree is not looked at.
 * @returns the reader that stands on the node, or undefined.
 * @throws CoreError `repository/damaged`
 */
export function findNode(bytes: Buffer, name: Uint8Array, what: string): TreeReader | undefined {
  const reader = new TreeReader(bytes, what)
  while (reader.next()) {
    const order = reader.compareName(name)
    if (order >= 0) return order === 0 ? reader : undefined
  }
  return undefined
}
