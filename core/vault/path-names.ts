import { CoreError } from '../base/index.ts'
import { formatEntryPath, type StoredSnapshot } from '../snapshot/index.ts'

const SLASH = 0x2f

/** The names of a whole path, from the root down. */
export function namesOfPath(path: Buffer): Buffer[] {
  const names: Buffer[] = []
  let start = 1
  for (let at = 1; at <= path.length; at++) {
    if (at < path.length && path[at] !== SLASH) continue
    if (at > start) names.push(path.subarray(start, at))
    start = at + 1
  }
  return names
}

export function noSuchEntry(snapshot: StoredSnapshot, path: Buffer): CoreError {
  return new CoreError('object/not-found', `The recovery point has no ${formatEntryPath(path)}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Look at the folders above it. Another recovery point may have it.',
    context: { snapshot: snapshot.id },
  })
}
