import { type Node, TreeReader, TreeWriter } from '../../core/snapshot/index.ts'

/** A reader that stands on a node as a tree stores it; its `raw` are the encoded bytes. */
export function readerOn(node: Node): TreeReader {
  const writer = new TreeWriter()
  writer.add(node)
  const reader = new TreeReader(Buffer.from(writer.finish()), 'Tree')
  reader.next()
  return reader
}
