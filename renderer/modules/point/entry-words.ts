import type { PointEntry } from '../../../core/contract/index.ts'
import type { Format } from '../../shared/format/index.ts'

export const ENTRY_ICONS: Readonly<Record<PointEntry['type'], string>> = {
  folder: 'i-lucide-folder',
  file: 'i-lucide-file',
  link: 'i-lucide-file-symlink',
  other: 'i-lucide-file-question-mark',
}

/** When it was changed, in both zones where they differ (NAS-32), then how large it is, and where a link leads. */
export function detailsOf(
  entry: Pick<PointEntry, 'modifiedAt' | 'size' | 'linkTarget'>,
  format: Pick<Format, 'zones' | 'instant' | 'bytes'>,
): string[] {
  const zones = format.zones(entry.modifiedAt, 'minute')
  return [
    ...(zones.length > 1 ? zones : [format.instant(entry.modifiedAt, 'minute')]),
    ...(entry.size === null ? [] : [format.bytes(BigInt(entry.size))]),
    ...(entry.linkTarget === null ? [] : [`→ ${entry.linkTarget}`]),
  ]
}

/** The folders that lead to a path, from the top on. */
export function trailOf(path: string): { name: string; path: string }[] {
  const names = path.split('/').filter((name) => name !== '')
  return names.map((name, index) => ({ name, path: `/${names.slice(0, index + 1).join('/')}` }))
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

/** The deepest folder that holds all of these paths: where to begin to look at what a recovery point protects. */
export function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').filter((name) => name !== ''))
  const end = first.findIndex((name, index) => others.some((names) => names[index] !== name))
  return `/${(end === -1 ? first : first.slice(0, end)).join('/')}`
}

/** Where a file of a recovery point can be downloaded. The session goes with it; nothing secret is in the address. */
export function downloadUrl(pointId: string, path: string): string {
  return `/api/v1/points/${pointId}/download?path=${encodeURIComponent(path)}`
}
