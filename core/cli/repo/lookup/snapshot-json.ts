import { encodeSnapshot, type StoredSnapshot } from '../../../snapshot/index.ts'
import { singleLine, stringify } from '../../json.ts'

/** A snapshot as restic stores it and shows it to programs. `more` are further members. */
export function snapshotJson(snapshot: StoredSnapshot, more: Readonly<Record<string, unknown>> = {}): string {
  const stored = singleLine(encodeSnapshot(snapshot).toString())
  const added = stringify({ id: snapshot.id, short_id: snapshot.id.slice(0, 8), ...more })
  return `${stored.slice(0, -1)},${added.slice(1)}`
}
