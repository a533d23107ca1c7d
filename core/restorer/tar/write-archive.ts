import { type Abortable, CoreError } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import {
  type BlobIndex,
  createContentLoader,
  ID_BYTES,
  plainLength,
  type Repository,
  type TreeLoader,
} from '../../repository/index.ts'
import { type TreeReader, unixModeFromGo, walkTree } from '../../snapshot/index.ts'
import { createOrderedStream } from '../stream/ordered-stream.ts'
import { streamContent } from '../stream/stream-content.ts'
import { gatherWrites } from './gathered-writes.ts'
import { createLinkTable } from './link-table.ts'
import { padding, TAR_END, tarHeader } from './tar-header.ts'

/** A folder of a snapshot that becomes an archive. */
export interface ArchivedFolder {
  /** What the paths in the archive begin with, without a slash at either end; empty for nothing. */
  readonly path: Buffer
  /** Stands on the folder; undefined for the root of a snapshot, of which nothing is stored. */
  readonly node: TreeReader | undefined
  readonly tree: Buffer
}

export interface ArchiveOptions extends Abortable {
  /** Awaited; the bytes must not change until then. */
  readonly write: (bytes: Buffer) => Promise<void>
  /**
   * Something is not in the archive, or not as the snapshot has it. It `isLoss` unless it is a socket: that holds nothing,
   * and the program that it belongs to makes it anew.
   */
  readonly onProblem: (path: Buffer, problem: string, isLoss: boolean) => void
  /** Called when all is in the archive but its end. What it throws breaks the archive off. */
  readonly beforeEnd?: (() => void) | undefined
  /** Bytes of memory for content that is read before it can be written; see `createOrderedStream`. Default: 32 MiB. */
  readonly readsAhead?: number | undefined
}

export interface Archived {
  readonly entries: number
  /** Content of files. */
  readonly bytes: bigint
}

/**
 * Writes a folder of a snapshot, and all below it, as a tar archive. Memory holds the trees of the folders on the way
 * down, the content that is read ahead, and a path for each file of whose names some are still to come.
 * @throws CoreError `repository/not-in-repository` or `repository/damaged` where something cannot be read: the archive
 * breaks off there, in the middle of a file, so that nothing takes it for whole.
 */
export async function writeArchive(
  repository: Repository,
  index: BlobIndex,
  trees: TreeLoader,
  folder: ArchivedFolder,
  { write, onProblem, beforeEnd, readsAhead, signal }: ArchiveOptions,
): Promise<Archived> {
  const gathered = gatherWrites(write)
  const stream = createOrderedStream((piece) => gathered.write(piece), readsAhead)
  const contents = createContentLoader(repository, index)
  const links = createLinkTable()
  let entries = 0
  let bytes = 0n
  let isBetweenEntries = false
  let met: { readonly node: TreeReader; readonly path: Buffer } | undefined

  async function put(block: Buffer): Promise<void> {
    await stream.room(block.length)
    stream.add(block, block.length)
  }

  async function add(node: TreeReader, path: Buffer): Promise<void> {
    const { type } = node
    if (type === 'socket' || type === 'irregular') {
      onProblem(path, `an archive has no place for entries of type ${type}`, type !== 'socket')
      return
    }
    const first = type === 'dir' ? undefined : links.firstPathOf(node, path)
    const content = type === 'file' && !first ? node.content : null
    const size = content ? (storedSize(index, content) ?? atLeastOne(node.size)) : 0n
    if (content && size !== node.size)
      onProblem(path, `${size} bytes of it are stored, and the snapshot says ${node.size}`, true)
    await put(
      tarHeader({
        kind: first ? 'hard link' : type,
        path,
        mode: unixModeFromGo(node.mode) & 0o7777,
        uid: node.uid,
        gid: node.gid,
        user: node.user,
        group: node.group,
        mtime: node.mtime,
        size,
        linkTarget: first ?? node.linkTarget,
        device: node.device,
        attributes: first ? undefined : node.extendedAttributes,
      }),
    )
    entries++
    if (!content) return
    const load = async (id: Buffer): Promise<Buffer> => {
      try {
        return await contents.load(id, { signal })
      } catch (error) {
        throw signal?.aborted ? error : brokenOff(path, error)
      }
    }
    await streamContent(stream, index, content, load)
    await put(padding(size))
    bytes += size
  }

  async function flush(): Promise<void> {
    await stream.finish()
    await gathered.flush()
  }

  try {
    if (folder.node) await add(folder.node, folder.path)
    await walkTree(
      trees,
      folder.tree,
      folder.path,
      {
        entry(node, parent) {
          const path = parent.length > 0 ? Buffer.concat([parent, SLASH, node.name]) : Buffer.from(node.name)
          met = { node, path }
          return node.type === 'dir' ? path : undefined
        },
        pause() {
          if (!met) return undefined
          const { node, path } = met
          met = undefined
          return add(node, path)
        },
        unreadable(path, error) {
          isBetweenEntries = true
          throw brokenOff(path, error)
        },
      },
      { signal },
    )
    isBetweenEntries = true
    beforeEnd?.()
  } catch (error) {
    if (isBetweenEntries) {
      await put(BROKEN_OFF)
      await flush()
    }
    throw error
  }
  await put(TAR_END)
  await flush()
  return { entries, bytes }
}

const SLASH = Buffer.from('/')

/**
 * A file of which nothing follows: programs take an archive that has only lost its end for whole (GNU tar 1.35 does so
 * without a word). Whoever unpacks it nevertheless finds the name.
 */
const BROKEN_OFF = tarHeader({
  kind: 'file',
  path: Buffer.from('THIS-ARCHIVE-IS-NOT-WHOLE'),
  mode: 0o600,
  uid: 0,
  gid: 0,
  user: '',
  group: '',
  mtime: 0n,
  size: 1n,
})

/** What cannot be read must be missed, whatever the snapshot says of its size. */
function atLeastOne(size: bigint): bigint {
  return size > 0n ? size : 1n
}

/** Bytes of a file's blobs: the archive says how many follow before they do. Undefined where one is in no index. */
function storedSize(index: BlobIndex, ids: Buffer): bigint | undefined {
  let size = 0n
  for (let at = 0; at < ids.length; at += ID_BYTES) {
    const entry = index.find('data', ids.subarray(at, at + ID_BYTES))
    if (entry < 0) return undefined
    size += BigInt(plainLength(index.locate(entry)))
  }
  return size
}

function brokenOff(path: Buffer, error: unknown): unknown {
  if (!(error instanceof CoreError)) return error
  return new CoreError(error.code, `The archive breaks off at /${printable(path)}: ${error.message}`, {
    cause: error,
    safety: 'What it holds before that is right. The repository was not changed.',
    remedy:
      'Run `holdfast repo check --read-data` to see what is damaged. `holdfast repo restore` brings back all else.',
  })
}
