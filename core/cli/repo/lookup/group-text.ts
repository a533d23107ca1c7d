import { printable } from '../../../file-system/index.ts'
import type { SnapshotGroup } from '../../../snapshot/index.ts'

/** What the snapshots of a group have in common, in words. */
export function describeGroup({ hostname, paths, tags }: SnapshotGroup['key']): string {
  return [
    hostname !== undefined && `host ${shown(hostname)}`,
    paths && `paths ${paths.map(shown).join(', ')}`,
    tags && (tags.length > 0 ? `tags ${tags.map(shown).join(', ')}` : 'no tags'),
  ]
    .filter((part) => typeof part === 'string')
    .join('; ')
}

function shown(text: string): string {
  return printable(Buffer.from(text))
}
