import { createLatestUsed } from '../../base/index.ts'
import { type Bell, createBlobReader, type SharedPipeline } from '../../repository/index.ts'
import type { TreeMatcher } from '../../snapshot/index.ts'
import type { FromWorker, SentParent } from '../messages.ts'
import type { Mailbox } from './mailbox.ts'
import { NO_PARENT, openParentFolder, type ParentFolder } from './parent-folder.ts'

/** Reads the parent's trees, in a worker. */
export interface ParentReader {
  /**
   * Whoever opens closes, the last that was opened first. `NO_PARENT` where the tree cannot be read: then its files are
   * read anew, and nothing is lost.
   */
  open(id: Buffer): ParentFolder
  /** The same, of what another worker sent. */
  receive(sent: SentParent): ParentFolder
}

/** From here on a tree is read into shared memory: every worker that helps with the folder looks at the same. */
const LARGE = 4 * 1024 * 1024

/** Packs kept by a worker; the main thread keeps as many for all of them. */
const KEPT = 3

export function createParentReader(
  pipeline: SharedPipeline,
  mailbox: Mailbox,
  bell: Bell,
  post: (message: FromWorker) => void,
  matcher: TreeMatcher,
): ParentReader {
  const reader = createBlobReader(pipeline.masterKey, pipeline.index)
  const kept = createLatestUsed<number, Buffer | undefined>(KEPT)

  function askFor(pack: number): Buffer | undefined {
    post({ type: 'load-pack', pack })
    let bytes: SharedArrayBuffer | null | undefined
    bell.waitUntil(() => {
      bytes = mailbox.pack(pack)
      return bytes !== undefined
    })
    return bytes ? Buffer.from(bytes) : undefined
  }

  function open(id: Buffer): ParentFolder {
    const location = reader.locate('tree', id)
    const pack = location && kept.take(location.pack, () => askFor(location.pack))
    if (!pack) return NO_PARENT
    const { offset, length, uncompressedLength } = location
    const shared = uncompressedLength > LARGE ? new SharedArrayBuffer(uncompressedLength) : undefined
    try {
      const into = shared && Buffer.from(shared)
      const plain = reader.read(location, pack.subarray(offset, offset + length), id, into)
      return openParentFolder({ id, plain: shared }, plain, matcher)
    } catch {
      return NO_PARENT
    }
  }

  return {
    open,
    receive: ({ id, plain }) =>
      plain ? openParentFolder({ id, plain }, Buffer.from(plain), matcher) : open(Buffer.from(id)),
  }
}
