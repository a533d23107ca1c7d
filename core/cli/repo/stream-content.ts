import type { Abortable } from '../../base/index.ts'
import { type BlobIndex, ID_BYTES, type Repository } from '../../repository/index.ts'

/** Blobs are read ahead while those before them are written: so many, and so many bytes. */
const MOST_BLOBS = 16
const MOST_BYTES = 32 * 1024 * 1024

/**
 * Hands over the blobs `ids` (32 bytes each, one after another) in their order. `write` is awaited: nothing piles up
 * where whoever reads is slow. Returns how many bytes there were.
 * @throws CoreError `repository/not-in-repository` or `repository/damaged` for the first that cannot be read, once all
 * before it were handed over; and whatever `write` throws.
 */
export async function streamContent(
  repository: Repository,
  index: BlobIndex,
  ids: Buffer,
  write: (blob: Buffer) => Promise<void>,
  options: Abortable = {},
): Promise<number> {
  const ahead: { readonly blob: Promise<Buffer>; readonly bytes: number }[] = []
  let aheadBytes = 0
  let next = 0
  let written = 0

  function readAhead(): void {
    while (next < ids.length && ahead.length < MOST_BLOBS) {
      const id = ids.subarray(next, next + ID_BYTES)
      const entry = index.find('data', id)
      const place = entry < 0 ? undefined : index.locate(entry)
      const bytes = place ? place.length + place.uncompressedLength : 0
      if (ahead.length > 0 && aheadBytes + bytes > MOST_BYTES) return
      const blob = repository.loadBlob(index, 'data', id, options)
      // The failure belongs to whoever awaits it; meanwhile it must not count as unhandled.
      blob.catch(() => undefined)
      ahead.push({ blob, bytes })
      aheadBytes += bytes
      next += ID_BYTES
    }
  }

  readAhead()
  for (let first = ahead.shift(); first; first = ahead.shift()) {
    const blob = await first.blob
    aheadBytes -= first.bytes
    readAhead()
    await write(blob)
    written += blob.length
    readAhead()
  }
  return written
}
