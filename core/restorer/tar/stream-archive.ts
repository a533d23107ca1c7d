import { CoreError, formatCounted } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import type { BlobIndex, Repository, TreeLoader } from '../../repository/index.ts'
import { pulledBytes } from '../stream/pulled-bytes.ts'
import { READS_AHEAD, type StreamOptions } from '../stream/stream-file.ts'
import { type ArchivedFolder, writeArchive } from './write-archive.ts'

export interface StreamArchiveOptions extends StreamOptions {
  /** Called for a socket: it is not in the archive, which is whole all the same. See `ArchiveOptions.onProblem`. */
  readonly onLeftOut?: ((path: Buffer, reason: string) => void) | undefined
}

/**
 * A folder of a snapshot, and all below it, as a tar archive, made as it is taken. The reader `folder.node` has to stand
 * where it does until the first bytes came. Whoever stops taking ends the making.
 *
 * Where something cannot be read the archive breaks off there; where something is not what the snapshot says, or has no
 * place in it, all else follows. Both end in an error, and in the middle of a file, so that nobody, whether he looks at the
 * error or has only the bytes, takes it for whole.
 * @throws CoreError while it is taken: `repository/not-in-repository` or `repository/damaged`.
 */
export function streamArchive(
  repository: Repository,
  index: BlobIndex,
  trees: TreeLoader,
  folder: ArchivedFolder,
  { readsAhead = READS_AHEAD, onLeftOut, signal }: StreamArchiveOptions = {},
): AsyncIterable<Buffer> {
  return pulledBytes(
    async (write, { signal: ended }) => {
      const losses: { count: number; first: string } = { count: 0, first: '' }
      await writeArchive(repository, index, trees, folder, {
        write,
        readsAhead,
        signal: ended,
        onProblem(path, problem, isLoss) {
          if (!isLoss) {
            onLeftOut?.(path, problem)
            return
          }
          if (losses.count++ === 0) losses.first = `/${printable(path)}: ${problem}`
        },
        beforeEnd() {
          if (losses.count > 0) throw incomplete(losses)
        },
      })
    },
    { signal },
  )
}

function incomplete({ count, first }: { readonly count: number; readonly first: string }): CoreError {
  const others = count > 1 ? `, and ${formatCounted(count - 1, 'other')} likewise` : ''
  return new CoreError('repository/damaged', `The archive is not what the snapshot says. ${first}${others}.`, {
    safety: 'All else is in it, and right. The repository was not changed.',
    remedy: 'Look at what is named in another recovery point. `holdfast repo restore` brings back what is there.',
    context: { problems: count },
  })
}
