import { CoreError, parseInstant } from '../../base/index.ts'
import { findPoint, listPoints, type PointCursor, type PointRow } from '../../database/index.ts'
import { assertSourceReach, leadsTo, type Reacher } from '../../identity/index.ts'
import type { PointReader, Version } from '../../reader/index.ts'
import { parseEntryPath } from '../../snapshot/index.ts'
import { ownData } from '../data/own-folders.ts'
import type { Call, Caller } from '../people/call.ts'
import { cursorOf, isNumber, isText, readCursor } from '../present/cursor.ts'
import { instant } from '../present/instant.ts'
import { readNames } from '../present/names.ts'
import { pointEntryDto } from '../present/point-dto.ts'
import { noSuch } from '../present/refusals.ts'
import { mustBeNew, requestRun } from '../runs/request-runs.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'
import { presentPoints } from './present-points.ts'
import { callerOf } from './session-operations.ts'

/** A recovery point, and who looks into it. */
export interface OpenPoint {
  readonly point: PointRow
  readonly reader: PointReader
}

/** Opens a recovery point for reading. Throws `object/not-found`. */
export async function openPoint({ catalog, readers }: Tools, id: string): Promise<OpenPoint> {
  const point = await findPoint(catalog.rows, id)
  if (!point || point.removed_at !== null) throw noSuch('recovery point', id)
  return { point, reader: await readers.open(point.vault_id) }
}

/** What somebody may see of recovery points. */
export function sourceReacher({ access, sourceRoots }: Caller): Reacher {
  return { isAdministrator: access.includes('administer'), roots: sourceRoots }
}

export function pointOperations(tools: Tools): OperationsOf<'points'> {
  const { catalog, engine } = tools
  const own = ownData(tools)
  const reachOf = (call: Call) => ({ user: sourceReacher(callerOf(call)), ...own })

  async function find(id: string): Promise<PointRow> {
    const point = await findPoint(catalog.rows, id)
    if (!point || point.removed_at !== null) throw noSuch('recovery point', id)
    return point
  }

  return {
    async list({ limit, cursor, setId, vaultId, from, until }) {
      const filter = {
        setId,
        vaultId,
        ...(from !== undefined && { from: parseInstant(from) }),
        ...(until !== undefined && { until: parseInstant(until) }),
      }
      const page = await listPoints(catalog.rows, filter, { limit, after: readPointCursor(cursor) })
      const names = await readNames(catalog.rows)
      return { items: await presentPoints(tools, page.rows, names), next: nextOf(page) }
    },
    async get({ id }) {
      const [point] = await presentPoints(tools, [await find(id)], await readNames(catalog.rows))
      if (!point) throw noSuch('recovery point', id)
      return point
    },
    async browse({ id, path, limit, cursor }, call) {
      const reach = reachOf(call)
      const after = readCursor(cursor, isText)
      const at = parseEntryPath(path)
      if (!leadsTo(at, reach.user, own)) assertSourceReach([at], reach.user, own)
      const { point, reader } = await openPoint(tools, id)
      const { entries, next } = await reader.list(
        {
          snapshotId: point.snapshot_id,
          path: at,
          limit,
          after: after === undefined ? undefined : Buffer.from(after, 'latin1'),
          reach,
        },
        { signal: call.signal },
      )
      return { items: entries.map(pointEntryDto), next: next ? cursorOf(Buffer.from(next).latin1Slice()) : null }
    },
    async find({ id, pattern, path, limit, cursor }, call) {
      const [after, skip, before] = readCursor(cursor, isFindCursor) ?? [null, 0, 0]
      const at = parseEntryPath(path)
      const reach = reachOf(call)
      if (!leadsTo(at, reach.user, own)) assertSourceReach([at], reach.user, own)
      const { point, reader } = await openPoint(tools, id)
      const { entries, next, looked } = await reader.find(
        {
          asker: callerOf(call).userId,
          snapshotId: point.snapshot_id,
          path: at,
          pattern: pattern.includes('*') || pattern.includes('?') ? pattern : `*${pattern}*`,
          limit,
          after: after === null ? undefined : Buffer.from(after, 'base64url'),
          skip,
          reach,
        },
        { signal: call.signal },
      )
      const going =
        next && next.length <= LONGEST_PLACE
          ? [Buffer.from(next).toString('base64url'), 0, before + looked]
          : // A cursor has no room for that path: the next part goes there again from where this one began.
            [after, skip + limit, before]
      return {
        items: entries.map(pointEntryDto),
        next: next ? cursorOf(going) : null,
        looked: before + looked,
      }
    },
    async versions({ setId, path, limit, cursor }, call) {
      const at = parseEntryPath(path)
      assertSourceReach([at], sourceReacher(callerOf(call)), own)
      const page = await listPoints(catalog.rows, { setId }, { limit, after: readPointCursor(cursor) })
      const names = await readNames(catalog.rows)
      const seen: { readonly point: PointRow; readonly version: Version }[] = []
      for (const point of page.rows) {
        const reader = await tools.readers.open(point.vault_id)
        const version = await versionIn(reader, point, at, call)
        if (version) seen.push({ point, version })
      }
      return {
        items: seen.map(({ point, version: { entry, content } }, index) => ({
          point: { id: point.id, name: names.set(point.set_id)?.name ?? '', completedAt: instant(point.completed_at) },
          entry: pointEntryDto(entry),
          isSameAsOlder: seen[index + 1]?.version.content === content,
        })),
        next: nextOf(page),
      }
    },
    async forget({ id }, call) {
      const point = await find(id)
      const asker = { trigger: 'manual', requestedBy: callerOf(call).name } as const
      const run = await requestRun(engine, 'forget', asker, {
        vaultId: point.vault_id,
        wanted: { isConfirmed: true, points: [id] },
      })
      return { runId: mustBeNew(run).id }
    },
  }
}

function readPointCursor(cursor: string | undefined): PointCursor | undefined {
  const after = readCursor(
    cursor,
    (value): value is [number, string] =>
      Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isText(value[1]),
  )
  return after && { completedAt: after[0], id: after[1] }
}

function nextOf({ rows, hasMore }: { readonly rows: readonly PointRow[]; readonly hasMore: boolean }): string | null {
  const last = rows.at(-1)
  return hasMore && last ? cursorOf([last.completed_at, last.id]) : null
}

/** Bytes of a path in a cursor, which has at most 1000 letters and is encoded twice. */
const LONGEST_PLACE = 500

const MOST_LOOKED = 2 ** 48

/** The path behind which a search goes on, how many that fit are passed over there, and how many were looked at up to it. */
function isFindCursor(value: unknown): value is [string | null, number, number] {
  if (!Array.isArray(value) || value.length !== 3) return false
  const [path, skip, looked] = value as unknown[]
  return (
    (path === null || isText(path)) &&
    isNumber(skip) &&
    skip >= 0 &&
    isNumber(looked) &&
    looked >= 0 &&
    looked < MOST_LOOKED
  )
}

/** What says something of the reader and not of the recovery point. */
const NOT_OF_THE_POINT: ReadonlySet<string> = new Set(['internal/defect', 'service/busy', 'service/unavailable'])

async function versionIn(
  reader: PointReader,
  point: PointRow,
  path: Buffer,
  { signal }: Call,
): Promise<Version | undefined> {
  try {
    return await reader.version({ snapshotId: point.snapshot_id, path }, { signal })
  } catch (error) {
    // This one does not have it, or cannot be read: the others are told.
    if (error instanceof CoreError && !NOT_OF_THE_POINT.has(error.code)) return undefined
    throw error
  }
}
