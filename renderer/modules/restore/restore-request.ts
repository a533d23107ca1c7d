import type { RestoreRequest } from '../../../core/contract/index.ts'

/** What a person has said so far. */
export interface RestoreDraft {
  pointId: string | undefined
  paths: readonly string[]
  where: 'unsaid' | 'original' | 'folder'
  folder: string
  overwrite: RestoreRequest['overwrite']
  verify: boolean
}

export const OVERWRITES = [
  'never',
  'if-newer',
  'if-changed',
  'always',
] as const satisfies readonly RestoreRequest['overwrite'][]

/** Paths below others that are chosen, too, are restored with these. `/` is everything. */
export function withoutNested(paths: readonly string[]): string[] {
  if (paths.includes('/')) return ['/']
  const all = new Set(paths)
  return [...all].filter((path) => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (all.has(path.slice(0, at))) return false
    }
    return true
  })
}

/** As the appliance is asked, where everything was said that is needed. */
export function requestOf({
  pointId,
  paths,
  where,
  folder,
  overwrite,
  verify,
}: RestoreDraft): RestoreRequest | undefined {
  if (pointId === undefined || paths.length === 0 || where === 'unsaid') return undefined
  if (where === 'folder' && !folder.startsWith('/')) return undefined
  return {
    pointId,
    paths: withoutNested(paths),
    target: where === 'original' ? { kind: 'original' } : { kind: 'folder', path: folder },
    overwrite,
    verify,
  }
}
