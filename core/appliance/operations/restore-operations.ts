import { lstat } from 'node:fs/promises'

import { type Abortable, CoreError, formatBytes, formatCounted } from '../../base/index.ts'
import type { RestorePlan, RestoreRequest } from '../../contract/index.ts'
import { runsInStates, setRows } from '../../database/index.ts'
import { roomAt } from '../../file-system/index.ts'
import { leadsTo, mayReach, type OwnFolders, type Reacher, resolveTarget } from '../../identity/index.ts'
import { ACTIVE_STATES, PENDING_STATES } from '../../job/index.ts'
import { formatEntryPath, parseEntryPath } from '../../snapshot/index.ts'
import { ownPlaces } from '../data/own-folders.ts'
import type { Call, Caller } from '../people/call.ts'
import { isText, readCursor } from '../present/cursor.ts'
import { readNames } from '../present/names.ts'
import { conflict } from '../present/refusals.ts'
import { runDto } from '../present/run-dto.ts'
import { mustBeNew, requestRun } from '../runs/request-runs.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { openPoint } from './point-operations.ts'
import { refuseLacking } from './refuse-lacking.ts'
import { distinctPaths, restoreReacher, restoreTargetOf } from './restore-reach.ts'
import { callerOf } from './session-operations.ts'
import { browseFolder } from './source-operations.ts'

export function restoreOperations(tools: Tools): OperationsOf<'restores'> {
  const { catalog, engine } = tools
  const beginRestore = createRestoreLimit(tools)

  return {
    async plan(given, call) {
      const request = { ...given, paths: distinctPaths(given.paths) }
      const target = await restoreTargetOf(tools, request, call)
      return planRestore(tools, request, target, call)
    },
    async start(given, call) {
      const request = { ...given, paths: distinctPaths(given.paths) }
      return beginRestore(callerOf(call), async () => {
        const target = await restoreTargetOf(tools, request, call)
        const { point, reader } = await openPoint(tools, request.pointId)
        await refuseLacking(tools, point)
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
      })
    },
    async browseTarget({ path, limit, cursor }, call) {
      const user = restoreReacher(callerOf(call))
      const own = await ownPlaces(tools)
      const at = parseEntryPath(path)
      // On the way to what may be reached only names that lead there are told; within it no link may lead out.
      const isOnTheWay = leadsTo(at, user, own) && !mayReach(at, user, own)
      const place = isOnTheWay ? at : await resolveTarget(at, { user, signal: call.signal, ...own })
      const listed = await browseFolder(place, { limit, after: readCursor(cursor, isText), signal: call.signal })
      const items = listed.items.filter(
        ({ type, path: each }) => type === 'folder' && leadsTo(parseEntryPath(each), user, own),
      )
      return { items, next: listed.next }
    },
  }
}

/** Restores of one user that have not ended: each of them holds up backups of its source. */
const MOST_RESTORES = 20

/** Begins a restore where its caller has not too many already, those that begin at this moment among them. */
function createRestoreLimit({ catalog }: Pick<Tools, 'catalog'>) {
  const beginning = new Map<string, number>()
  return async function begin<T>({ name }: Caller, work: () => Promise<T>): Promise<T> {
    const before = beginning.get(name) ?? 0
    beginning.set(name, before + 1)
    try {
      const going = await runsInStates(catalog.rows, [...ACTIVE_STATES, ...PENDING_STATES])
      const own = going.filter(({ kind, requested_by }) => kind === 'restore' && requested_by === name).length + before
      if (own >= MOST_RESTORES)
        throw conflict(`${own} restores of yours go on or wait already.`, 'Wait until some have ended, or stop them.')
      return await work()
    } finally {
      beginning.set(name, (beginning.get(name) ?? 1) - 1)
    }
  }
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
      asker: callerOf(call).userId,
      snapshotId: point.snapshot_id,
      paths: paths.map(parseEntryPath),
      mostFiles: MOST_LOOKED_AT,
    },
    { signal: call.signal },
  )
  const placeOf = (path: Uint8Array): Buffer => Buffer.concat([target.length > 1 ? target : Buffer.alloc(0), path])
  const [example] = first
  let existing = 0
  const user = restoreReacher(callerOf(call))
  const own = await ownPlaces(tools)
  const isThere = lookerFor(user, own, { signal: call.signal })
  for (const path of first) if (await isThere(placeOf(path))) existing++
  const bytesFree = (await roomAt(target.toString()))?.bytesFree ?? null
  const hasRoom = bytesFree === null || bytesFree >= bytes
  const warnings: string[] = []
  if (!hasRoom)
    warnings.push(
      `There is not enough room: ${formatBytes(bytes)} are needed, and ${formatBytes(bytesFree)} are free. Nothing is written unless what is there already makes up for it.`,
    )
  if (existing > 0 && overwrite !== 'never')
    warnings.push('Files that are there already are overwritten where they differ. What is in them now is lost.')
  if (point.files_missed > 0)
    warnings.push(
      `This recovery point misses ${formatCounted(point.files_missed, 'file')} that could not be read when it was made.`,
    )
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

/**
 * Whether something lies where an entry would go. Whoever is no administrator is told nothing of what lies behind a link:
 * a restore would not follow it.
 */
function lookerFor(user: Reacher, own: OwnFolders, options: Abortable): (path: Buffer) => Promise<boolean> {
  const parents = new Map<string, Promise<boolean>>()

  async function isPlain(parent: Buffer): Promise<boolean> {
    if (user.isAdministrator) return true
    try {
      return (await resolveTarget(parent, { user, ...own, ...options })).equals(parent)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof CoreError) return false
      throw error
    }
  }

  return async (path) => {
    const parent = path.subarray(0, Math.max(1, path.lastIndexOf('/')))
    const key = parent.toString('latin1')
    const known = parents.get(key) ?? isPlain(parent)
    parents.set(key, known)
    return (
      (await known) &&
      (await lstat(path).then(
        () => true,
        () => false,
      ))
    )
  }
}
