import { lstat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

import { formatBytes } from '../../base/index.ts'
import type { RestorePlan, RestoreRequest } from '../../contract/index.ts'
import { setRows } from '../../database/index.ts'
import { assertSourceReach, leadsTo, resolveTarget } from '../../identity/index.ts'
import { formatEntryPath, parseEntryPath } from '../../snapshot/index.ts'
import { isText, readCursor } from '../present/cursor.ts'
import { readNames } from '../present/names.ts'
import { runDto } from '../present/run-dto.ts'
import { mustBeNew, requestRun } from '../runs/request-runs.ts'
import type { Tools } from '../tools.ts'
import type { Call, Caller, OperationsOf } from './operations.ts'
import { openPoint, sourceReacher } from './point-operations.ts'
import { badField } from './refusals.ts'
import { callerOf } from './session-operations.ts'
import { browseFolder } from './source-operations.ts'

export function restoreOperations(tools: Tools): OperationsOf<'restores'> {
  const { catalog, engine, folder } = tools
  const own = { dataFolder: Buffer.from(folder.path) }

  /** Where it is restored to, once it is certain that the caller may: no link leads it elsewhere. */
  async function targetOf(request: RestoreRequest, call: Call): Promise<Buffer> {
    const caller = callerOf(call)
    const user = restoreReacher(caller)
    const paths = request.paths.map(parseEntryPath)
    assertSourceReach(paths, sourceReacher(caller), own)
    if (request.target.kind === 'folder')
      return resolveTarget(parseEntryPath(request.target.path), { user, signal: call.signal, ...own })
    // To where everything was: each place is one that is written to.
    for (const path of paths) {
      const resolved = await resolveTarget(path, { user, signal: call.signal, ...own })
      if (caller.role !== 'administrator' && !resolved.equals(path)) {
        throw badField(
          'target',
          `${formatEntryPath(path)} leads through a link.`,
          'Restore to a folder of your own, or ask an administrator.',
        )
      }
    }
    return Buffer.from('/')
  }

  return {
    async plan(request, call) {
      const target = await targetOf(request, call)
      return planRestore(tools, request, target, call)
    },
    async start(request, call) {
      const target = await targetOf(request, call)
      const { point, reader } = await openPoint(tools, request.pointId)
      // What cannot be read now is told now, and not by a run that fails.
      await reader.facts({ snapshotId: point.snapshot_id, path: Buffer.from('/') }, { signal: call.signal })
      const set = point.set_id === null ? undefined : await setRows.find(catalog.rows, point.set_id)
      const asker = { trigger: 'manual', requestedBy: callerOf(call).name } as const
      const run = await requestRun(engine, 'restore', asker, {
        vaultId: point.vault_id,
        set,
        attempts: 3,
        wanted: {
          pointId: point.id,
          snapshotId: point.snapshot_id,
          paths: request.paths,
          target: formatEntryPath(target),
          overwrite: request.overwrite,
          verify: request.verify,
        },
      })
      const begun = mustBeNew(run)
      return runDto(begun, await readNames(catalog.rows), undefined)
    },
    async browseTarget({ path, limit, cursor }, call) {
      const user = restoreReacher(callerOf(call))
      const at = parseEntryPath(path)
      if (!leadsTo(at, user, own)) await resolveTarget(at, { user, signal: call.signal, ...own })
      const listed = await browseFolder(at, { limit, after: readCursor(cursor, isText), signal: call.signal })
      const items = listed.items.filter(
        ({ type, path: each }) => type === 'folder' && leadsTo(parseEntryPath(each), user, own),
      )
      return { items, next: listed.next }
    },
  }
}

function restoreReacher({ role, restoreRoots }: Caller): {
  readonly role: Caller['role']
  readonly roots: readonly string[] | null
} {
  return { role, roots: restoreRoots }
}

/** So many files are looked for where they would go. */
const MOST_LOOKED_AT = 2000

async function planRestore(
  tools: Tools,
  { pointId, paths, overwrite }: RestoreRequest,
  target: Buffer,
  call: Call,
): Promise<RestorePlan> {
  const { point, reader } = await openPoint(tools, pointId)
  const { files, folders, bytes, first } = await reader.sum(
    {
      snapshotId: point.snapshot_id,
      paths: (paths.includes('/') ? ['/'] : paths).map(parseEntryPath),
      mostFiles: MOST_LOOKED_AT,
    },
    { signal: call.signal },
  )
  const placeOf = (path: Uint8Array): Buffer => Buffer.concat([target.length > 1 ? target : Buffer.alloc(0), path])
  const [example] = first
  let existing = 0
  for (const path of first) if (await isThere(placeOf(path))) existing++
  const bytesFree = await roomAt(target)
  const hasRoom = bytesFree === null || bytesFree >= bytes
  const warnings: string[] = []
  if (!hasRoom)
    warnings.push(
      `There is not enough room: ${formatBytes(bytes)} are needed, and ${formatBytes(bytesFree)} are free. Nothing is written unless what is there already makes up for it.`,
    )
  if (existing > 0 && overwrite !== 'never')
    warnings.push('Files that are there already are overwritten where they differ. What is in them now is lost.')
  if (point.files_missed > 0)
    warnings.push(`This recovery point misses ${point.files_missed} files that could not be read when it was made.`)
  return {
    files,
    folders,
    bytes,
    bytesFree,
    hasRoom,
    existing,
    existingLookedAt: first.length,
    example: example ? { from: formatEntryPath(example), to: formatEntryPath(placeOf(example)) } : null,
    warnings,
  }
}

async function isThere(path: Buffer): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}

async function roomAt(target: Buffer): Promise<number | null> {
  for (let at = target.toString(); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at)
      return bavail * bsize
    } catch {
      if (at === '/') return null
    }
  }
}
