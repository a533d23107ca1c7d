import { type Abortable, CoreError, reasonOf } from '../../base/index.ts'
import { type HeaderEntry, loadPackHeader, type Repository } from '../../repository/index.ts'
import { assertReachable } from '../../storage/index.ts'
import type { FoundPack } from './find-packs.ts'

export interface ReadHeader extends FoundPack {
  /** Or why it cannot be read. */
  readonly header: readonly HeaderEntry[] | string
}

/** Reads headers, several at a time, in the order of the packs. */
export async function* readHeaders(
  { storage, sealer }: Repository,
  packs: Iterable<FoundPack>,
  { signal }: Abortable,
): AsyncGenerator<ReadHeader> {
  async function read({ name, size }: FoundPack): Promise<ReadHeader> {
    try {
      return { name, size, header: await loadPackHeader(storage, sealer, name, size, { signal }) }
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      if (error.code.startsWith('storage/')) await assertReachable(storage, error, { signal })
      return { name, size, header: reasonOf(error) }
    }
  }

  const ahead: Promise<ReadHeader>[] = []
  for (const pack of packs) {
    const reading = read(pack)
    // Its failure belongs to whoever awaits it, which may be nobody once another has failed.
    reading.catch(() => undefined)
    ahead.push(reading)
    const first = ahead.length > storage.connections * 2 ? ahead.shift() : undefined
    if (first) yield await first
  }
  for (const reading of ahead) yield await reading
}
