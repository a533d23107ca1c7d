import { type Abortable, CoreError, createTurns, formatBytes, formatCount, formatCounted } from '../base/index.ts'
import { type EntryStat, kindOf, printable } from '../file-system/index.ts'
import { type BlobIndex, sha256 } from '../repository/index.ts'
import { BLOCK_SIZES, linkedFileKey, type TreeReader } from '../snapshot/index.ts'
import { type Room, statTarget, type TargetTree } from '../target/index.ts'
import type { Totals } from './collect.ts'
import { contentLength, findContent } from './content.ts'
import type { FileSet } from './file-set.ts'
import { isKept, namingOf, type Overwrite } from './overwrite.ts'

/** What a restore needs of one file system, so far, beside what is taken already. */
export interface Need {
  /** What it has. */
  readonly room: Room
  /** Path below the target of a folder that lies on it, or will. */
  readonly folder: Buffer
  bytes: number
  entries: number
}

/** Counts how much room a restore needs, of each file system that it writes to. */
export interface RoomCounter {
  readonly needs: Iterable<Need>
  add(set: FileSet, options: Abortable): Promise<void>
}

/** What runs of zeros are cut into, in files and on disks. With `sparse` these need no room. */
const ZEROS = [...new Set([512 * 1024, ...BLOCK_SIZES])]

export function createRoomCounter(
  target: Pick<TargetTree, 'folder' | 'room'>,
  index: BlobIndex,
  { overwrite, sparse }: { readonly overwrite: Overwrite; readonly sparse: boolean },
): RoomCounter {
  const zeros = new Set(sparse ? ZEROS.map((bytes) => index.find('data', sha256(Buffer.alloc(bytes)))) : [])
  const linkedFiles = new Set<string>()
  const turns = createTurns()
  const needs = new Map<bigint, Need>()

  function needOf(folder: Buffer): Need {
    const room = target.room(folder)
    const need = needs.get(room.device) ?? { room, folder, bytes: 0, entries: 0 }
    needs.set(room.device, need)
    return need
  }

  /** What lies where an entry will be restored. */
  function lookAt(folder: Buffer, name: Buffer): EntryStat | undefined {
    try {
      return statTarget(target.folder(folder), name)
    } catch {
      // Its folder is not there yet.
      return undefined
    }
  }

  function bytesOf(entries: Uint32Array): number {
    return contentLength(
      index,
      entries.filter((entry) => !zeros.has(entry)),
    )
  }

  function addFile({ folder, need }: Place, node: TreeReader): void {
    const linkedFile = linkedFileKey(node)
    if (linkedFile !== undefined && linkedFiles.has(linkedFile)) return
    if (linkedFile !== undefined) linkedFiles.add(linkedFile)
    const entries = findContent(index, node)
    const { unit } = need.room
    const bytes = Math.ceil(bytesOf(entries) / unit) * unit
    const there = lookAt(folder, node.name)
    if (!there) {
      need.entries++
      need.bytes += bytes
      return
    }
    const wanted = { size: BigInt(contentLength(index, entries)), modified: node.mtime }
    // By size and time it is what it was, so most likely nothing will be written.
    if (isKept(there, wanted, overwrite) || isKept(there, wanted, 'if-changed')) return
    // One with another name is made anew, and the other name keeps its blocks; so does one that is replaced by a whole one.
    const isOwn = kindOf(there) === 'file' && there.nlink === 1n && namingOf(overwrite) === 'in-place'
    need.bytes += Math.max(0, bytes - (isOwn ? Number(there.blocks) * 512 : 0))
  }

  function addFolder({ folder, need }: Place): void {
    const end = folder.lastIndexOf('/')
    if (folder.length > 0 && !lookAt(folder.subarray(0, Math.max(0, end)), folder.subarray(end + 1))) need.entries++
  }

  return {
    get needs() {
      return needs.values()
    },
    async add({ folders, files, others }, { signal }) {
      const breathe = async (): Promise<void> => {
        const turn = turns()
        if (turn) await turn
        signal?.throwIfAborted()
      }
      const places: Place[] = []
      for (const { path } of folders) {
        await breathe()
        const place = { folder: path, need: needOf(path) }
        places.push(place)
        addFolder(place)
      }
      const placeOf = (number: number): Place => places[number] ?? { folder: NO_BYTES, need: needOf(NO_BYTES) }
      for (let number = 0; number < others.count; number++) {
        await breathe()
        const { folder, need } = placeOf(others.folderOf(number))
        if (!lookAt(folder, others.read(number).name)) need.entries++
      }
      for (let number = 0; number < files.count; number++) {
        await breathe()
        try {
          addFile(placeOf(files.folderOf(number)), files.read(number))
        } catch (error) {
          // It cannot be restored, which is told later and must not hinder the others.
          if (!(error instanceof CoreError)) throw error
        }
      }
    },
  }
}

/** Where an entry will lie. */
interface Place {
  readonly folder: Buffer
  readonly need: Need
}

const NO_BYTES = Buffer.alloc(0)

/** Whether a restore of so much fits certainly, whatever is there already. */
export function fitsCertainly(
  { files, folders, others, bytes }: Totals,
  { freeBytes, freeEntries, unit, isReadOnly }: Room,
): boolean {
  return !isReadOnly && bytes + files * (unit - 1) <= freeBytes && files + folders + others <= freeEntries
}

/** FS-22, FS-23: the error with the numbers, where a file system has too little, or takes nothing. */
export function tooLittleRoom(
  target: Buffer,
  { room, folder, bytes, entries }: Need,
  { sparse }: { readonly sparse: boolean },
): CoreError | undefined {
  const place = printable(folder.length === 0 ? target : Buffer.concat([target, SLASH, folder]))
  const safety = 'No file was written; the recovery point is untouched.'
  if (room.isReadOnly && bytes + entries > 0) {
    return new CoreError('target/refused', `Nothing can be restored to ${place}: its file system is read-only.`, {
      safety,
      remedy: 'Mount it so that it can be written, or choose another target.',
    })
  }
  if (bytes > room.freeBytes) {
    return new CoreError(
      'target/full',
      `Restoring to ${place} needs ${formatBytes(bytes)}, and ${formatBytes(room.freeBytes)} are free there.`,
      {
        safety,
        remedy: `Free ${formatBytes(bytes - room.freeBytes)}, choose another target, or restore a part of it with --include.${sparse ? '' : ' With --sparse, holes need no room.'}`,
        context: { needed: bytes, free: room.freeBytes },
      },
    )
  }
  if (entries <= room.freeEntries) return undefined
  return new CoreError(
    'target/full',
    `Restoring to ${place} makes ${formatCounted(entries, 'entry', 'entries')}, and its file system has room for ${formatCount(room.freeEntries)}.`,
    {
      safety,
      remedy: 'Remove files there, choose another target, or restore a part of it with --include.',
      context: { neededEntries: entries, freeEntries: room.freeEntries },
    },
  )
}

const SLASH = Buffer.from('/')
