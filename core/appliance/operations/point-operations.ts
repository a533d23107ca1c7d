import { CoreError, parseInstant } from '../../base/index.ts'
import { allPoints, findPoint, listPoints, type PointRow } from '../../database/index.ts'
import { toByteString } from '../../file-system/index.ts'
import { assertSourceReach, leadsTo, mayReach } from '../../identity/index.ts'
import { compileComponent } from '../../selection/index.ts'
import { parseEntryPath, type StoredSnapshot, walkTree } from '../../snapshot/index.ts'
import { entryRow, type EntryRow, type VaultReader } from '../../vault/index.ts'
import { cursorOf, isText, readCursor } from '../present/cursor.ts'
import { instant } from '../present/instant.ts'
import { readNames } from '../present/names.ts'
import { pointDto, pointEntryDto } from '../present/point-dto.ts'
import { mustBeNew, requestRun } from '../runs/request-runs.ts'
import type { Tools } from '../tools.ts'
import type { Call, Caller, OperationsOf } from './operations.ts'
import { conflict, noSuch } from './refusals.ts'
import { callerOf } from './session-operations.ts'

/** An opened recovery point. */
export interface OpenPoint {
  readonly point: PointRow
  readonly reader: VaultReader
  readonly snapshot: StoredSnapshot
}

/** Opens a recovery point for reading. Throws `object/not-found`. */
export async function openPoint({ catalog, readers }: Tools, id: string, { signal }: Call): Promise<OpenPoint> {
  const point = await findPoint(catalog.rows, id)
  if (!point || point.removed_at !== null) throw noSuch('recovery point', id)
  const reader = await readers.open(point.vault_id)
  return { point, reader, snapshot: await reader.snapshot(point.snapshot_id, { signal }) }
}

/** What somebody may see of recovery points. */
export function sourceReacher(caller: Caller): {
  readonly role: Caller['role']
  readonly roots: readonly string[] | null
} {
  return { role: caller.role, roots: caller.sourceRoots }
}

export function pointOperations(tools: Tools): OperationsOf<'points'> {
  const { catalog, clock, engine, folder } = tools
  const own = { dataFolder: Buffer.from(folder.path) }

  async function find(id: string): Promise<PointRow> {
    const point = await findPoint(catalog.rows, id)
    if (!point || point.removed_at !== null) throw noSuch('recovery point', id)
    return point
  }

  return {
    async list({ limit, cursor, setId, vaultId, from, until }) {
      const after = readCursor(cursor, isPointCursor)
      const filter = {
        setId,
        vaultId,
        ...(from !== undefined && { from: parseInstant(from) }),
        ...(until !== undefined && { until: parseInstant(until) }),
      }
      const page = await listPoints(catalog.rows, filter, {
        limit,
        after: after && { completedAt: after[0], id: after[1] },
      })
      const names = await readNames(catalog.rows)
      const last = page.rows.at(-1)
      return {
        items: page.rows.map((point) => pointDto(point, names, clock.now())),
        next: page.hasMore && last ? cursorOf([last.completed_at, last.id]) : null,
      }
    },
    async get({ id }) {
      return pointDto(await find(id), await readNames(catalog.rows), clock.now())
    },
    async browse({ id, path, limit, cursor }, call) {
      const reacher = sourceReacher(callerOf(call))
      const after = readCursor(cursor, isText)
      const at = parseEntryPath(path)
      if (!leadsTo(at, reacher, own)) assertSourceReach([at], reacher, own)
      const { reader, snapshot } = await openPoint(tools, id, call)
      const isAllSeen = mayReach(at, reacher, own)
      const entries: EntryRow[] = []
      let last: Buffer | undefined = after === undefined ? undefined : Buffer.from(after, 'latin1')
      // Names that lead nowhere for this user are passed over; a page may take several reads.
      for (let hasMore = true; hasMore;) {
        const listed = await reader.list(
          snapshot,
          at,
          { limit: limit - entries.length, after: last },
          { signal: call.signal },
        )
        entries.push(
          ...listed.entries.filter((entry) => isAllSeen || leadsTo(parseEntryPath(entry.path), reacher, own)),
        )
        last = listed.entries.at(-1)?.rawName ?? last
        hasMore = listed.hasMore
        if (entries.length === limit) {
          return { items: entries.map(pointEntryDto), next: hasMore && last ? cursorOf(last.latin1Slice()) : null }
        }
      }
      return { items: entries.map(pointEntryDto), next: null }
    },
    async find({ id, pattern, path, limit, cursor }, call) {
      const reacher = sourceReacher(callerOf(call))
      const from = parseEntryPath(path)
      const { reader, snapshot } = await openPoint(tools, id, call)
      const root = await reader.entry(snapshot, from, { signal: call.signal })
      const tree = root ? root.subtree : Buffer.from(snapshot.tree, 'hex')
      if (!tree) throw conflict(`${path} is no folder.`, 'Search in the folder that it is in.')
      const { test: fits } = compileComponent(
        toByteString(pattern.includes('*') || pattern.includes('?') ? pattern : `*${pattern}*`),
      )
      const skip = readCursor(cursor, (value): value is number => Number.isSafeInteger(value)) ?? 0
      const found: EntryRow[] = []
      let met = 0
      let looked = 0
      const enough = new AbortController()
      const signal = call.signal ? AbortSignal.any([call.signal, enough.signal]) : enough.signal
      const walk = walkTree<Buffer>(
        reader.trees,
        tree,
        from.length > 1 ? from : Buffer.alloc(0),
        {
          entry(node, folderPath) {
            looked++
            const whole = Buffer.concat([folderPath, Buffer.from('/'), node.name])
            const leads = leadsTo(whole, reacher, own)
            if (leads && mayReach(whole, reacher, own) && fits(node.name.latin1Slice())) {
              met++
              if (met > skip) found.push(entryRow(node, folderPath.length === 0 ? Buffer.from('/') : folderPath))
              if (found.length > limit) enough.abort()
            }
            return node.isDir && leads ? whole : undefined
          },
          unreadable: () => undefined,
          pause: () => undefined,
        },
        { signal },
      )
      await walk.catch((error: unknown) => {
        if (!enough.signal.aborted) throw error
      })
      const items = found.slice(0, limit).map(pointEntryDto)
      return { items, next: found.length > limit ? cursorOf(skip + limit) : null, looked }
    },
    async versions({ setId, path, limit, cursor }, call) {
      const at = parseEntryPath(path)
      assertSourceReach([at], sourceReacher(callerOf(call)), own)
      const skip = readCursor(cursor, (value): value is number => Number.isSafeInteger(value)) ?? 0
      const points = (await allPoints(catalog.rows, { setId })).toReversed()
      const wanted = points.slice(skip, skip + limit)
      const names = await readNames(catalog.rows)
      const seen: { point: PointRow; entry: EntryRow; content: string }[] = []
      for (const point of wanted) {
        const reader = await tools.readers.open(point.vault_id)
        const found = await versionIn(reader, point, at, call)
        if (found) seen.push({ point, ...found })
      }
      return {
        items: seen.map(({ point, entry, content }, index) => ({
          point: { id: point.id, name: names.set(point.set_id)?.name ?? '', completedAt: instant(point.completed_at) },
          entry: pointEntryDto(entry),
          isSameAsOlder: seen[index + 1]?.content === content,
        })),
        next: skip + limit < points.length ? cursorOf(skip + limit) : null,
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

function isPointCursor(value: unknown): value is [number, string] {
  return Array.isArray(value) && value.length === 2 && Number.isSafeInteger(value[0]) && typeof value[1] === 'string'
}

async function versionIn(
  reader: VaultReader,
  point: PointRow,
  path: Buffer,
  { signal }: Call,
): Promise<{ entry: EntryRow; content: string } | undefined> {
  try {
    const snapshot = await reader.snapshot(point.snapshot_id, { signal })
    const node = await reader.entry(snapshot, path, { signal })
    if (!node) return undefined
    const parent = path.subarray(0, path.lastIndexOf(0x2f))
    const content = `${node.size} ${(node.content ?? node.subtree ?? Buffer.alloc(0)).toString('base64')}`
    return { entry: entryRow(node, parent.length === 0 ? Buffer.from('/') : parent), content }
  } catch (error) {
    // This one does not have it, or cannot be read: the others are told.
    if (error instanceof CoreError) return undefined
    throw error
  }
}
