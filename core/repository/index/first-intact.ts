import { type Abortable, CoreError } from '../../base/index.ts'
import type { BlobIndex } from './blob-index.ts'

/**
 * A blob may be stored more than once. Reads one copy after another, beginning with `entry`, until one is intact;
 * rejects as the first did where none is.
 */
export async function firstIntact(
  index: BlobIndex,
  entry: number,
  read: (entry: number) => Promise<Buffer>,
  { signal }: Abortable,
): Promise<Buffer> {
  try {
    return await read(entry)
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof CoreError)) throw error
    for (let copy = index.next(entry); copy >= 0; copy = index.next(copy)) {
      try {
        return await read(copy)
      } catch (another) {
        signal?.throwIfAborted()
        if (!(another instanceof CoreError)) throw another
      }
    }
    throw error
  }
}
