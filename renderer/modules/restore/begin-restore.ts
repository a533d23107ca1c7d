import type { RouteLocationRaw } from 'vue-router'

/** What of which recovery point is to be restored. */
export interface RestoreChoice {
  readonly pointId: string
  readonly paths: readonly string[]
}

/** So many paths fit beside a page in every browser's history. */
const MOST_PATHS = 10_000

/**
 * Leads to the restore assistant. What was chosen lies beside the page in the browser's history: it outlives loading the
 * page again, and is in no address that somebody else might read.
 */
export function toRestore({ pointId, paths }: RestoreChoice): RouteLocationRaw {
  return { name: 'restore', query: { point: pointId }, state: { paths: paths.slice(0, MOST_PATHS) } }
}

/** What lies beside the page, where it is that. */
export function chosenPaths(state: unknown): string[] {
  const paths = typeof state === 'object' && state !== null && 'paths' in state ? state.paths : undefined
  return Array.isArray(paths) ? paths.filter((path): path is string => typeof path === 'string') : []
}
