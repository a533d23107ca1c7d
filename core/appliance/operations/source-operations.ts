import type { Dir } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'

import { newId, reasonOf, systemCode, CoreError } from '../../base/index.ts'
import type { Content, Source, SourceSettings } from '../../contract/index.ts'
import { nameTaken, setRows, type SourceRow, sourceRows } from '../../database/index.ts'
import { toByteString } from '../../file-system/index.ts'
import { createSelection } from '../../selection/index.ts'
import { formatEntryPath, formatTime, parseEntryPath } from '../../snapshot/index.ts'
import { cursorOf, isText, readCursor } from '../present/cursor.ts'
import { instant } from '../present/instant.ts'
import { noSuch, usedBySets } from '../present/refusals.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'

export function sourceOperations({ catalog, clock, chance, publish }: Tools): OperationsOf<'sources'> {
  async function find(id: string): Promise<SourceRow> {
    const source = await sourceRows.find(catalog.rows, id)
    if (!source || source.removed_at !== null) throw noSuch('source', id)
    return source
  }

  async function present(sources: readonly SourceRow[]): Promise<Source[]> {
    const sets = await setRows.list(catalog.rows)
    return sources.map((source) => ({
      id: source.id,
      name: source.name,
      settings: JSON.parse(source.settings) as SourceSettings,
      createdAt: instant(source.created_at),
      sets: sets.filter(({ source_id }) => source_id === source.id).length,
      isConnected: true,
    }))
  }

  async function one(id: string): Promise<Source> {
    const [source] = await present([await find(id)])
    if (!source) throw noSuch('source', id)
    return source
  }

  async function refuseName(name: string, own?: string): Promise<void> {
    const other = await sourceRows.findByName(catalog.rows, name)
    if (other && other.id !== own) throw nameTaken('source', name)
  }

  return {
    list: async () => ({ items: await present(await sourceRows.list(catalog.rows)) }),
    async create({ name, settings }) {
      await refuseName(name)
      const id = newId(clock, chance)
      const row = { id, name, settings: JSON.stringify(settings), created_at: clock.now(), removed_at: null }
      await sourceRows.insert(catalog.rows, row)
      publish({ type: 'changed', kind: 'source', id })
      return one(id)
    },
    async update({ id, name }) {
      await find(id)
      if (name !== undefined) {
        await refuseName(name, id)
        await sourceRows.update(catalog.rows, id, { name })
        publish({ type: 'changed', kind: 'source', id })
      }
      return one(id)
    },
    async remove({ id }) {
      const { name } = await find(id)
      const sets = (await setRows.list(catalog.rows)).filter(({ source_id }) => source_id === id)
      if (sets.length > 0) throw usedBySets(name, sets, 'Remove these backup sets first. Their recovery points stay.')
      await sourceRows.update(catalog.rows, id, { removed_at: clock.now() })
      publish({ type: 'changed', kind: 'source', id })
      return {}
    },
    async browse({ id, path, content, limit, cursor }, { signal }) {
      await find(id)
      const after = readCursor(cursor, isText)
      return browseFolder(parseEntryPath(path), { limit, after, content, signal })
    },
  }
}

/** As far as somebody has said it. */
type PartOfContent = { readonly [K in keyof Content]?: Content[K] | undefined }

interface BrowseOptions {
  readonly limit: number
  readonly after: string | undefined
  readonly content?: PartOfContent | undefined
  readonly signal?: AbortSignal | undefined
}

type Browsed = Awaited<ReturnType<OperationsOf<'sources'>['browse']>>
type Entry = Browsed['items'][number]

/** More names of one folder nobody looks through; all of them are sorted at once. */
const MOST_NAMES = 200_000

/** What a folder of this computer holds, by the bytes of names. Links are told of and never followed. */
export async function browseFolder(
  folder: Buffer,
  { limit, after, content, signal }: BrowseOptions,
): Promise<{ items: Entry[]; next: string | null }> {
  const names = await namesIn(folder, signal)
  const from = after === undefined ? 0 : names.findIndex((name) => name > after)
  const wanted = from < 0 ? [] : names.slice(from, from + limit)
  const isIncluded = inclusionOf(folder, content)
  const items: Entry[] = []
  for (const name of wanted) {
    signal?.throwIfAborted()
    const entry = await entryOf(folder, name, isIncluded)
    if (entry) items.push(entry)
  }
  const last = wanted.at(-1)
  const hasMore = from >= 0 && from + limit < names.length
  return { items, next: hasMore && last !== undefined ? cursorOf(last) : null }
}

/** In the order of their bytes, as latin1. */
async function namesIn(folder: Buffer, signal: AbortSignal | undefined): Promise<string[]> {
  let opened: Dir | undefined
  const names: string[] = []
  try {
    opened = await opendir(folder, { encoding: 'latin1' as BufferEncoding })
    for await (const { name } of opened) {
      signal?.throwIfAborted()
      names.push(name)
      if (names.length >= MOST_NAMES) break
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    throw new CoreError(
      systemCode(error) === 'ENOENT' ? 'object/not-found' : 'input/invalid',
      `${formatEntryPath(folder)} cannot be listed: ${reasonOf(error)}.`,
      {
        cause: error,
        safety: 'Nothing was changed.',
        remedy: 'Check the path, that it is a folder, and that the service may read it.',
        context: { field: 'path' },
      },
    )
  }
  return names.toSorted((a, b) => (a < b ? -1 : 1))
}

async function entryOf(
  folder: Buffer,
  name: string,
  isIncluded: ((name: string, isFolder: boolean, size: bigint) => boolean) | undefined,
): Promise<Entry | undefined> {
  const raw = Buffer.from(name, 'latin1')
  const path = Buffer.concat([folder.length > 1 ? folder : Buffer.alloc(0), Buffer.from('/'), raw])
  try {
    const stat = await lstat(path, { bigint: true })
    const type = stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : stat.isSymbolicLink() ? 'link' : 'other'
    return {
      name: formatEntryPath(raw),
      path: formatEntryPath(path),
      type,
      size: type === 'file' ? String(stat.size) : null,
      modifiedAt: formatTime({ ns: stat.mtimeNs, offsetMinutes: 0 }),
      isIncluded: isIncluded ? isIncluded(name, type === 'folder', stat.size) : null,
    }
  } catch {
    // It went in between, or nobody may look at it.
    return undefined
  }
}

/** By patterns and sizes: what else leaves something out (marked folders, other file systems) is found when it is read. */
function inclusionOf(
  folder: Buffer,
  content: PartOfContent | undefined,
): ((name: string, isFolder: boolean, size: bigint) => boolean) | undefined {
  if (!content) return undefined
  const { excludes = [], excludeLargerThan = null } = content
  const selection = createSelection({ excludes: excludes.map(toByteString) }, () => undefined)
  const isOut = selection.inFolder(folder.latin1Slice())
  return (name, isFolder, size) =>
    !isOut(name) && (isFolder || excludeLargerThan === null || size <= BigInt(excludeLargerThan))
}
