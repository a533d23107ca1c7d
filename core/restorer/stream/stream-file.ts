import { type Abortable, CoreError } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import { createOrderedStream } from './ordered-stream.ts'
import { pulledBytes } from './pulled-bytes.ts'
import { streamContent } from './stream-content.ts'

export interface StreamOptions extends Abortable {
  /** Bytes of memory for what is read before it is asked for; more than that only for a single blob. Default: 8 MiB. */
  readonly readsAhead?: number | undefined
}

/** Many may read at a time. */
export const READS_AHEAD = 8 * 1024 * 1024

/**
 * The content of a file, blob by blob, each checked against its hash. It is what was read when it was backed up, whatever
 * size the node says (FORMAT.md). The reader `node` stands on it now, and may go on. Whoever stops taking ends the reading.
 * @throws CoreError `input/invalid` at once where it is no file. While it is taken, `repository/not-in-repository` or
 * `repository/damaged` in place of the first blob that cannot be read: what came before is right, and not whole.
 */
export function streamFile(
  repository: Repository,
  index: BlobIndex,
  node: TreeReader,
  { readsAhead = READS_AHEAD, signal }: StreamOptions = {},
): AsyncIterable<Buffer> {
  const content = contentOf(node)
  return pulledBytes(
    async (write, { signal: ended }) => {
      const stream = createOrderedStream(write, readsAhead)
      await streamContent(stream, index, content, (id) => repository.loadBlob(index, 'data', id, { signal: ended }))
      await stream.finish()
    },
    { signal },
  )
}

function contentOf({ type, name, content }: TreeReader): Buffer {
  if (type === 'file' && content) return Buffer.from(content)
  throw new CoreError('input/invalid', `${printable(name)} is of type ${type}, and has no content.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name a file or a folder.',
  })
}
