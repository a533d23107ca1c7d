import { type Abortable, CoreError, type ErrorCode } from '../../base/index.ts'
import type { BlobIndex } from './blob-index.ts'

/**
 * A blob may be stored more than once. Reads one copy after another, beginning with `entry`, until one is intact. Where
 * none is, rejects as the first did; but as one that the storage did not hand out, where there is such a copy: that may
 * be whole, and the blob is not lost.
 */
export async function firstIntact(
  index: BlobIndex,
  entry: number,
  read: (entry: number) => Promise<Buffer>,
  { signal }: Abortable,
): Promise<Buffer> {
  let copy = entry
  let failure: CoreError | undefined
  for (;;) {
    try {
      return await read(copy)
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      if (!failure || (isOutOfReach(error) && !isOutOfReach(failure))) failure = error
      copy = index.next(copy)
      if (copy < 0) throw failure
    }
  }
}

/** What a storage says of a file that no other attempt will bring back. */
const LOST = new Set<ErrorCode>(['storage/not-found', 'storage/truncated', 'storage/damaged'])

/** Whether another attempt may find a copy to be intact. */
function isOutOfReach({ code }: CoreError): boolean {
  return code.startsWith('storage/') && !LOST.has(code)
}
