import { type BlobIndex, ID_BYTES } from '../../repository/index.ts'
import type { OrderedStream } from './ordered-stream.ts'

/**
 * Adds the blobs `ids` (32 bytes each, one after another) to the stream, several being loaded at once. Rejects with what
 * the stream has failed with; what one of the last fails with, the stream's `finish` throws.
 */
export async function streamContent(
  stream: OrderedStream,
  index: BlobIndex,
  ids: Buffer,
  load: (id: Buffer) => Promise<Buffer>,
): Promise<void> {
  for (let at = 0; at < ids.length; at += ID_BYTES) {
    const id = ids.subarray(at, at + ID_BYTES)
    const entry = index.find('data', id)
    const place = entry < 0 ? undefined : index.locate(entry)
    const bytes = place ? place.length + place.uncompressedLength : 0
    await stream.room(bytes)
    stream.add(load(id), bytes)
  }
}
