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

// One run of bytes for all files of a message: cloning an object for each cost more than restoring a small file.
const HEAD = 13

/** Encodes files for a message: file number, folder number, flag and node length, then the node; little-endian. */
export function encodeFileTable(entries: readonly TableEntry[]): Uint8Array<ArrayBuffer> {
  const table = Buffer.from(new ArrayBuffer(entries.reduce((sum, { node }) => sum + HEAD + node.length, 0)))
  let at = 0
  for (const { file, folder, make, node } of entries) {
    table.writeUInt32LE(file, at)
    table.writeUInt32LE(folder, at + 4)
    table[at + 8] = make ? 1 : 0
    table.writeUInt32LE(node.length, at + 9)
    table.set(node, at + HEAD)
    at += HEAD + node.length
  }
  return table
}

export function* decodeFileTable(bytes: Uint8Array): Generator<TableEntry> {
  const table = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < table.length;) {
    const length = table.readUInt32LE(at + 9)
    yield {
      file: table.readUInt32LE(at),
      folder: table.readUInt32LE(at + 4),
      make: table[at + 8] === 1,
      node: table.subarray(at + HEAD, at + HEAD + length),
    }
    at += HEAD + length
  }
}
