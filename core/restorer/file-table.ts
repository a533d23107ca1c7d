import { TreeReader } from '../snapshot/index.ts'

/** A file as a worker is told of it. */
export interface TableEntry {
  /** Its number in the set. */
  readonly file: number
  /** The number of its folder. */
  readonly folder: number
  /** It does not exist yet: the worker makes it. */
  readonly make: boolean
  /** Its encoded node. */
  readonly node: Uint8Array
}

/**
 * Files for a worker: numbers in one array, nodes in one run of bytes. Cloning an object for each file cost more than
 * restoring a small one.
 */
export interface FileTable {
  /** `WORDS` a file: its number, its folder's, and 1 where it is to be made. */
  readonly numbers: Uint32Array<ArrayBuffer>
  /** The nodes, encoded as those of a tree are. */
  readonly nodes: Uint8Array<ArrayBuffer>
}

const WORDS = 3
const HEAD = Buffer.from('{"nodes":[')
const TAIL = Buffer.from(']}')
const COMMA = 0x2c

export function encodeFileTable(entries: readonly TableEntry[]): FileTable {
  const numbers = new Uint32Array(entries.length * WORDS)
  const bytes = entries.reduce((sum, { node }) => sum + node.length + 1, HEAD.length + TAIL.length)
  const nodes = new Uint8Array(bytes)
  nodes.set(HEAD)
  let at = HEAD.length
  for (const [row, { file, folder, make, node }] of entries.entries()) {
    numbers.set([file, folder, make ? 1 : 0], row * WORDS)
    if (row > 0) nodes[at++] = COMMA
    nodes.set(node, at)
    at += node.length
  }
  nodes.set(TAIL, at)
  return { numbers, nodes: nodes.subarray(0, at + TAIL.length) }
}

/** Yields the files of a table. The reader stands on the file's node until the next one. */
export function* readFileTable({
  numbers,
  nodes,
}: FileTable): Generator<{ file: number; folder: number; make: boolean; node: TreeReader }> {
  const node = new TreeReader(Buffer.from(nodes.buffer, nodes.byteOffset, nodes.byteLength), 'Table of files', 'any')
  for (let row = 0; row < numbers.length && node.next(); row += WORDS) {
    const [file = 0, folder = 0, make = 0] = numbers.subarray(row, row + WORDS)
    yield { file, folder, make: make === 1, node }
  }
}
