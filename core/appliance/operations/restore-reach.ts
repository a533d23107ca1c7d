import { lstat } from 'node:fs/promises'

import type { RestoreRequest } from '../../contract/index.ts'
import { assertSourceReach, type Reacher, resolveTarget, type ResolveTargetOptions } from '../../identity/index.ts'
import { formatEntryPath, parseEntryPath } from '../../snapshot/index.ts'
import { ownData, ownPlaces } from '../data/own-folders.ts'
import type { Call, Caller } from '../people/call.ts'
import { badField } from '../present/refusals.ts'
import type { Tools } from '../tools.ts'
import { sourceReacher } from './point-operations.ts'
import { callerOf } from './session-operations.ts'

/** What somebody may restore to. */
export function restoreReacher({ access, restoreRoots }: Caller): Reacher {
  return { isAdministrator: access.includes('administer'), roots: restoreRoots }
}

/**
 * Where it is restored to, once it is certain that the caller may restore this to there: no link leads it elsewhere. `/`: to
 * where everything was.
 */
export async function restoreTargetOf(
  tools: Pick<Tools, 'catalog' | 'folder' | 'programFolder'>,
  request: Pick<RestoreRequest, 'paths' | 'target'>,
  call: Call,
): Promise<Buffer> {
  const own = await ownPlaces(tools)
  const caller = callerOf(call)
  const user = restoreReacher(caller)
  const paths = request.paths.map(parseEntryPath)
  assertSourceReach(paths, sourceReacher(caller), ownData(tools))
  if (request.target.kind === 'folder')
    return resolveTarget(parseEntryPath(request.target.path), { user, signal: call.signal, ...own })
  // Each place is one that is written to.
  for (const path of paths) {
    const resolved = await placeOf(path, { user, signal: call.signal, ...own })
    if (!user.isAdministrator && !resolved.equals(path)) {
      throw badField(
        'target',
        `${formatEntryPath(path)} leads through a link.`,
        'Restore to a folder of your own, or ask an administrator.',
      )
    }
  }
  return Buffer.from('/')
}

/** Where an entry would be written that may be there already: as a folder, or as a file in one. */
async function placeOf(path: Buffer, options: ResolveTargetOptions): Promise<Buffer> {
  const isFile = await lstat(path).then(
    (stat) => !stat.isDirectory() && !stat.isSymbolicLink(),
    () => false,
  )
  if (!isFile) return resolveTarget(path, options)
  const slash = path.lastIndexOf('/')
  const folder = await resolveTarget(path.subarray(0, Math.max(1, slash)), options)
  return Buffer.concat([folder, folder.length > 1 ? path.subarray(slash) : path.subarray(slash + 1)])
}

/** The paths without those that others have in them already: each is gone through once. */
export function distinctPaths(paths: readonly string[]): string[] {
  const all = new Set(paths.map((path) => (path.length > 1 ? path.replace(/\/+$/, '') : path)))
  if (all.has('/') || all.has('')) return ['/']
  return [...all].filter((path) => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (all.has(path.slice(0, end))) return false
    return true
  })
}
