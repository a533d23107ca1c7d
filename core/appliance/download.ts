import { CoreError } from '../base/index.ts'
import { assertSourceReach } from '../identity/index.ts'
import { formatEntryPath, parseEntryPath } from '../snapshot/index.ts'
import type { Download } from './appliance.ts'
import type { Call } from './operations/operations.ts'
import { openPoint, sourceReacher } from './operations/point-operations.ts'
import { callerOf } from './operations/session-operations.ts'
import type { Tools } from './tools.ts'

const ID_BYTES = 32

/** A file of a recovery point, blob by blob. */
export async function downloadEntry(
  tools: Tools,
  { pointId, path }: { readonly pointId: string; readonly path: string },
  call: Call,
): Promise<Download> {
  const at = parseEntryPath(path)
  const own = { dataFolder: Buffer.from(tools.folder.path) }
  assertSourceReach([at], sourceReacher(callerOf(call)), own)
  const { reader, snapshot } = await openPoint(tools, pointId, call)
  const entry = await reader.entry(snapshot, at, { signal: call.signal })
  if (!entry?.isFile) {
    throw new CoreError('input/invalid', `${formatEntryPath(at)} is no file.`, {
      safety: 'Nothing was changed.',
      remedy: 'Choose a file, or restore the folder.',
      context: { field: 'path' },
    })
  }
  const content = entry.content ?? Buffer.alloc(0)
  return {
    fileName: formatEntryPath(entry.name),
    size: entry.size,
    content: (async function* () {
      for (let from = 0; from < content.length; from += ID_BYTES)
        yield await reader.content.load(content.subarray(from, from + ID_BYTES), { signal: call.signal })
    })(),
  }
}
