import { type Repository, sha256 } from '../../core/repository/index.ts'
import { compareNames, goModeFromUnix, type Node, TreeWriter } from '../../core/snapshot/index.ts'
import { type CraftedBlob, storeIndex, storePack } from './craft.ts'

/** 2026-02-03T04:05:06.123456789Z */
const CRAFTED_TIME = 1_770_091_506_123_456_789n

const REGULAR = 0o100_000
const FOLDER = 0o040_000

/** Makes trees that no backup would make, and files' contents, in a pack each. */
export interface Craft {
  /** Returns the blob's id. */
  data(plain: Uint8Array): Buffer
  /** A tree of these nodes, in their order. Returns its id. */
  tree(...nodes: readonly Node[]): Buffer
  /** A tree of these bytes. Returns its id. */
  rawTree(bytes: string): Buffer
  /** A node of a file with this content. */
  file(name: string | Buffer, content: string, changes?: Partial<Node>): Node
  /** A node of a folder with this tree. */
  folder(name: string | Buffer, subtree: Buffer, changes?: Partial<Node>): Node
  /** Stores all of it. */
  store(): Promise<void>
}

export function createCraft(repository: Repository): Craft {
  const blobs: Record<'data' | 'tree', CraftedBlob[]> = { data: [], tree: [] }

  function add(type: 'data' | 'tree', plain: Buffer): Buffer {
    blobs[type].push({ type, plain })
    return sha256(plain)
  }

  const data = (plain: Uint8Array): Buffer => add('data', Buffer.from(plain))

  return {
    data,
    tree(...nodes) {
      const writer = new TreeWriter()
      const inOrder = nodes.toSorted((a, b) => compareNames(a.name, 0, a.name.length, b.name, 0, b.name.length))
      for (const node of inOrder) writer.add(node)
      return add('tree', Buffer.from(writer.finish()))
    },
    rawTree: (bytes) => add('tree', Buffer.from(bytes)),
    file: (name, content, changes) =>
      craftNode(name, {
        size: BigInt(Buffer.byteLength(content)),
        content: content === '' ? Buffer.alloc(0) : data(Buffer.from(content)),
        ...changes,
      }),
    folder: (name, subtree, changes) =>
      craftNode(name, { type: 'dir', mode: goModeFromUnix(FOLDER | 0o755), subtree, content: null, ...changes }),
    async store() {
      for (const some of Object.values(blobs)) {
        if (some.length > 0) await storeIndex(repository, await storePack(repository, some))
      }
    },
  }
}

/** A node that belongs to whoever runs the tests. */
export function craftNode(name: string | Buffer, changes: Partial<Node> = {}): Node {
  return {
    name: Buffer.from(name),
    type: 'file',
    mode: goModeFromUnix(REGULAR | 0o644),
    mtime: CRAFTED_TIME,
    atime: CRAFTED_TIME,
    ctime: CRAFTED_TIME,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    user: '',
    group: '',
    inode: 1n,
    deviceId: 1n,
    size: 0n,
    links: 1n,
    content: Buffer.alloc(0),
    ...changes,
  }
}
