import { CoreError } from '../base/index.ts'
import { assertSourceReach } from '../identity/index.ts'
import { formatEntryPath, parseEntryPath } from '../snapshot/index.ts'
import type { Download } from './appliance.ts'
import { ownData } from './data/own-folders.ts'
import { openPoint, sourceReacher } from './operations/point-operations.ts'
import { callerOf } from './operations/session-operations.ts'
import type { Call } from './people/call.ts'
import type { Tools } from './tools.ts'

/** A file of a recovery point as it is, or a folder with all below it as a tar archive. */
export async function downloadEntry(
  tools: Tools,
  { pointId, path }: { readonly pointId: string; readonly path: string },
  call: Call,
): Promise<Download> {
  const at = parseEntryPath(path)
  assertSourceReach([at], sourceReacher(callerOf(call)), ownData(tools))
  const { point, reader } = await openPoint(tools, pointId)
  const { signal } = call
  const asked = { snapshotId: point.snapshot_id, path: at }
  const { name, type, size } = await reader.facts(asked, { signal })
  if (type === 'other') throw noContent(at)
  const content = reader.stream(asked, { signal })
  if (type === 'file') return { fileName: formatEntryPath(name), size, content }
  const whole = name.length === 0 ? point.snapshot_id.slice(0, 8) : formatEntryPath(name)
  return { fileName: `${whole}.tar`, size: undefined, content }
}

function noContent(path: Buffer): CoreError {
  return new CoreError('input/invalid', `${formatEntryPath(path)} has no content: it is a link or the like.`, {
    safety: 'Nothing was changed.',
    remedy: 'Choose a file or a folder, or restore the folder that it is in.',
    context: { field: 'path' },
  })
}
