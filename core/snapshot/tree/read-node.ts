import { TreeReader } from './tree-reader.ts'

const HEAD = Buffer.from('{"nodes":[')
const TAIL = Buffer.from(']}')

/** Reads a node that stands alone. `what` names it for messages, with a capital. */
export function readNode(raw: Uint8Array, what = 'Tree'): TreeReader {
  const reader = new TreeReader(Buffer.concat([HEAD, raw, TAIL]), what)
  reader.next()
  return reader
}
