import { type Abortable, CoreError } from '../../base/index.ts'
import { streamArchive, streamFile } from '../../restorer/index.ts'
import { formatEntryPath } from '../../snapshot/index.ts'
import type { StreamAsked } from '../messages.ts'
import { asBytes } from './entry-path.ts'
import { findIn } from './find-entry.ts'
import type { OpenVault } from './open-vault.ts'

/** Content that is read as it is taken. */
export interface EntryStreams {
  open(asked: StreamAsked, options: Abortable): Promise<void>
  /** The next bytes; undefined: that was all. */
  take(stream: number): Promise<Uint8Array | undefined>
  close(stream: number): void
  closeAll(): void
}

interface OpenStream {
  readonly bytes: AsyncIterator<Uint8Array>
  readonly ended: AbortController
}

export function createEntryStreams(vault: OpenVault): EntryStreams {
  const streams = new Map<number, OpenStream>()

  async function contentOf({ snapshotId, path }: StreamAsked, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const state = await vault.state()
    const { repository, index, trees } = state
    const snapshot = await state.snapshot(snapshotId)
    const at = asBytes(path)
    const entry = await findIn(state, snapshot, at, { signal })
    if (entry?.isFile) return streamFile(repository, index, entry, { signal })
    const tree = entry ? entry.subtree : Buffer.from(snapshot.tree, 'hex')
    if (!tree) throw noContent(at)
    const name = entry ? Buffer.from(entry.name) : Buffer.alloc(0)
    return streamArchive(repository, index, trees, { path: name, node: entry, tree }, { signal })
  }

  function close(number: number): void {
    const stream = streams.get(number)
    streams.delete(number)
    stream?.ended.abort()
    stream?.bytes.return?.().catch(() => undefined)
  }

  return {
    async open(asked, { signal }) {
      const ended = new AbortController()
      const content = await contentOf(asked, ended.signal)
      // Whoever wanted it has gone meanwhile, and said so before it was there.
      signal?.throwIfAborted()
      streams.set(asked.stream, { bytes: content[Symbol.asyncIterator](), ended })
    },
    async take(number) {
      const stream = streams.get(number)
      // Never the end of it: whoever takes would have a part for the whole.
      if (!stream) throw new CoreError('internal/defect', 'There is no such stream.')
      const taken = await stream.bytes.next()
      return taken.done === true ? undefined : taken.value
    },
    close,
    closeAll() {
      for (const number of streams.keys()) close(number)
    },
  }
}

function noContent(path: Buffer): CoreError {
  return new CoreError('input/invalid', `${formatEntryPath(path)} has no content: it is a link or the like.`, {
    safety: 'Nothing was changed.',
    remedy: 'Choose a file or a folder, or restore the folder that it is in.',
    context: { field: 'path' },
  })
}
