import { CoreError } from '../base/index.ts'
import { assertSourceReach } from '../identity/index.ts'
import { streamArchive, streamFile } from '../restorer/index.ts'
import { formatEntryPath, parseEntryPath } from '../snapshot/index.ts'
import type { Download } from './appliance.ts'
import type { Call } from './operations/operations.ts'
import { openPoint, sourceReacher } from './operations/point-operations.ts'
import { callerOf } from './operations/session-operations.ts'
import type { Tools } from './tools.ts'

/** A file of a recovery point as it is, or a folder with all below it as a tar archive. */
export async function downloadEntry(
  tools: Tools,
  { pointId, path }: { readonly pointId: string; readonly path: string },
  call: Call,
): Promise<Download> {
  const at = parseEntryPath(path)
  const own = { dataFolder: Buffer.from(tools.folder.path) }
  assertSourceReach([at], sourceReacher(callerOf(call)), own)
  const { reader, snapshot } = await openPoint(tools, pointId, call)
  const { repository, index, trees } = reader
  const { signal } = call
  const entry = await reader.entry(snapshot, at, { signal })
  if (entry?.isFile) {
    return {
      fileName: formatEntryPath(entry.name),
      size: entry.size,
      content: streamFile(repository, index, entry, { signal }),
    }
  }
  const tree = entry ? entry.subtree : Buffer.from(snapshot.tree, 'hex')
  if (!tree) throw noContent(at)
  const name = entry ? Buffer.from(entry.name) : Buffer.alloc(0)
  return {
    fileName: `${entry ? formatEntryPath(name) : snapshot.id.slice(0, 8)}.tar`,
    size: undefined,
    content: streamArchive(repository, index, trees, { path: name, node: entry, tree }, { signal }),
  }
}

function noContent(path: Buffer): CoreError {
  return new CoreError('input/invalid', `${formatEntryPath(path)} has no content: it is a link or the like.`, {
    safety: 'Nothing was changed.',
    remedy: 'Choose a file or a folder, or restore the folder that it is in.',
    context: { field: 'path' },
  })
}
