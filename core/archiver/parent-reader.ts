import { isCode } from '../base/index.ts'
import { type Bell, createBlobReader, type SharedPipeline } from '../repository/index.ts'
import { TreeReader } from '../snapshot/index.ts'
import type { ByteString } from '../source/index.ts'
import type { Mailbox } from './mailbox.ts'
import type { FromWorker } from './messages.ts'

/** A folder as the parent snapshot has it. */
export interface ParentFolder {
  readonly id: Buffer | undefined
  /** The node of this name, valid until the next call. Names must be asked for in the order of their bytes. */
  find(name: ByteString): TreeReader | undefined
  /** Whether an encoded tree is the parent's, byte for byte. */
  isSame(plain: Buffer): boolean
}

export const NO_PARENT: ParentFolder = { id: undefined, find: () => undefined, isSame: () => false }

/** Reads the parent's trees, in a worker. */
export interface ParentReader {
  /** `NO_PARENT` where the tree cannot be read: then its files are read anew, and nothing is lost. */
  open(id: Buffer): ParentFolder
}

/** Packs kept by a worker; the main thread keeps as many for all of them. */
const KEPT = 3

export function createParentReader(
  pipeline: SharedPipeline,
  mailbox: Mailbox,
  bell: Bell,
  post: (message: FromWorker) => void,
): ParentReader {
  const reader = createBlobReader(pipeline.masterKey, pipeline.index)
  const kept = new Map<number, Buffer | undefined>()

  function packBytes(pack: number): Buffer | undefined {
    if (kept.has(pack)) return kept.get(pack)
    post({ type: 'load-pack', pack })
    let bytes: SharedArrayBuffer | null | undefined
    bell.waitUntil(() => {
      bytes = mailbox.pack(pack)
      return bytes !== undefined
    })
    const buffer = bytes ? Buffer.from(bytes) : undefined
    kept.set(pack, buffer)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return buffer
  }

  return {
    open(id) {
      const location = reader.locate('tree', id)
      const pack = location && packBytes(location.pack)
      if (!pack) return NO_PARENT
      try {
        const plain = reader.read(location, pack.subarray(location.offset, location.offset + location.length), id)
        return parentFolder(id, plain)
      } catch {
        return NO_PARENT
      }
    },
  }
}

function parentFolder(id: Buffer, plain: Buffer): ParentFolder {
  const reader = new TreeReader(plain, `Tree ${id.toString('hex')}`)
  let isAtNode = reader.next()
  return {
    id,
    find(name) {
      const bytes = Buffer.from(name, 'latin1')
      try {
        while (isAtNode) {
          const order = reader.compareName(bytes)
          if (order >= 0) return order === 0 ? reader : undefined
          isAtNode = reader.next()
        }
      } catch (error) {
        if (!isCode(error, 'repository/damaged')) throw error
        isAtNode = false
      }
      return undefined
    },
    isSame: (other) => other.equals(plain),
  }
}
