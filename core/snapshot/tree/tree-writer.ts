import { CoreError, formatBytes } from '../../base/index.ts'
import { LARGEST_TREE } from './largest-tree.ts'
import { NodeEncoder } from './node-encoder.ts'
import { compareNames } from './node-name.ts'
import type { Node } from './node.ts'

const START = Buffer.from('{"nodes":[')
const END = Buffer.from(']}\n')
const COMMA = 0x2c
const SMALLEST = 4096
/** Of a folder of a million files: such memory is handed over or given back, and not kept for the next tree. */
const LARGE = 16 * 1024 * 1024

/**
 * Builds the bytes of a tree, byte for byte as restic writes them. Nodes come in the order of their names' bytes, each
 * name once; anything else fails with `internal/defect`, as restic finds nodes by that order. The same writer builds one
 * tree after another in the same memory, which grows to the largest but for those of very large folders.
 */
export class TreeWriter {
  readonly #encoder = new NodeEncoder()
  #buffer = Buffer.allocUnsafeSlow(SMALLEST)
  #length = 0
  #count = 0
  #lastName = Buffer.allocUnsafeSlow(256)
  #lastLength = 0
  readonly #most: number

  /** What would take more than `most` bytes fails with `source/too-large`. */
  constructor(most = LARGEST_TREE) {
    this.#most = most
    this.#begin()
  }

  /** How many nodes the tree has so far. */
  get count(): number {
    return this.#count
  }

  /** How many bytes `finish` would return. */
  get byteLength(): number {
    return this.#length + END.length
  }

  /** Adds a node. */
  add(node: Node): void {
    const room = this.#encoder.room(node)
    this.#open(node.name, room)
    this.#length = this.#encoder.write(this.#buffer, this.#length, node)
  }

  /**
   * Adds a node that is encoded already, without a look into it: bytes `start` to `end` of `source`. To take over the
   * current node of a `TreeReader` of the tree `bytes`: `addRaw(name, bytes, reader.rawStart, reader.rawEnd)`.
   */
  addRaw(name: Uint8Array, source: Buffer, start = 0, end = source.length): void {
    this.#open(name, end - start)
    this.#length += source.copy(this.#buffer, this.#length, start, end)
  }

  /** Adds nodes that another writer encoded, as its `finishNodes` gave them. They follow all that was added before. */
  addNodes(nodes: Uint8Array): void {
    if (nodes.length === 0) return
    this.#reserve(nodes.length + 1)
    if (this.#count++ > 0) this.#buffer[this.#length++] = COMMA
    this.#buffer.set(nodes, this.#length)
    this.#length += nodes.length
    // The name of the last of them is not known: anything may follow.
    this.#lastLength = 0
  }

  /**
   * Gives the nodes alone, separated by commas, for another writer's `addNodes`, and begins the next tree. They lie in
   * memory of their own, which may be transferred.
   */
  finishNodes(): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.subarray(START.length, this.#length)
    if (bytes.length <= LARGE) {
      this.#begin()
      return Uint8Array.from(bytes)
    }
    this.#buffer = Buffer.allocUnsafeSlow(SMALLEST)
    this.#begin()
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Forgets what was added since the last tree. What `finish` gave is gone. */
  reset(): void {
    if (this.#buffer.length > LARGE) {
      this.#buffer.buffer.transfer(0)
      this.#buffer = Buffer.allocUnsafeSlow(SMALLEST)
    }
    this.#begin()
  }

  /** Ends the tree and begins the next. The bytes are the writer's own: they are gone with the next `add`. */
  finish(): Buffer {
    this.#reserve(END.length)
    this.#buffer.set(END, this.#length)
    const tree = this.#buffer.subarray(0, this.#length + END.length)
    this.#begin()
    return tree
  }

  #begin(): void {
    this.#buffer.set(START)
    this.#length = START.length
    this.#count = 0
  }

  #open(name: Uint8Array, room: number): void {
    this.#follow(name)
    this.#reserve(room + 1)
    if (this.#count++ > 0) this.#buffer[this.#length++] = COMMA
  }

  #follow(name: Uint8Array): void {
    const { length } = name
    const last = this.#lastName
    if (this.#count > 0) {
      const order = compareNames(last, 0, this.#lastLength, name, 0, length)
      if (order >= 0) {
        const what = order === 0 ? 'comes twice' : 'comes after a name that it should come before'
        const shown = JSON.stringify(Buffer.from(name).toString())
        throw new CoreError('internal/defect', `The entry ${shown} of a folder ${what}`)
      }
    }
    if (length > last.length) this.#lastName = Buffer.allocUnsafeSlow(length)
    for (let i = 0; i < length; i++) this.#lastName[i] = name[i] ?? 0
    this.#lastLength = length
  }

  #reserve(room: number): void {
    const needed = this.#length + room
    if (needed <= this.#buffer.length) return
    if (needed > this.#most) {
      throw new CoreError('source/too-large', `its tree would be larger than ${formatBytes(this.#most)}`, {
        safety: 'What was stored before is safe.',
        remedy: 'Divide what is in the folder among several folders.',
      })
    }
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#most, Math.max(needed, this.#buffer.length * 2)))
    this.#buffer.copy(larger, 0, 0, this.#length)
    // Freed at once: the collector would let several generations of it pile up.
    if (this.#buffer.length > LARGE) this.#buffer.buffer.transfer(0)
    this.#buffer = larger
  }
}
