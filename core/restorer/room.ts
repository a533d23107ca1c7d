import { type Abortable, CoreError, createTurns, formatBytes } from '../base/index.ts'
import { type EntryStat, kindOf, printable } from '../file-system/index.ts'
import { type BlobIndex, sha256 } from '../repository/index.ts'
import { linkedFileKey } from '../snapshot/index.ts'
import { statTarget, type TargetTree } from '../target/index.ts'
import { contentLength, findContent } from './content.ts'
import type { FileSet } from './file-set.ts'
import { isKept, namingOf, type Overwrite } from './overwrite.ts'

/** Counts how much room a restore needs that is not taken already. */
export interface RoomCounter {
  /** Bytes, so far. */
  readonly needed: number
  add(set: FileSet, options: Abortable): Promise<void>
}

/** What files of nothing but zeros are cut into. With `sparse` these need no room. */
const ZEROS = 512 * 1024

export function createRoomCounter(
  target: TargetTree,
  index: BlobIndex,
  { overwrite, sparse }: { readonly overwrite: Overwrite; readonly sparse: boolean },
): RoomCounter {
  const zeros = sparse ? index.find('data', sha256(Buffer.alloc(ZEROS))) : -1
  const linkedFiles = new Set<string>()
  const turns = createTurns()
  let needed = 0

  /** What lies where a file will be restored. */
  function lookAt({ folders, files }: FileSet, number: number, name: Buffer): EntryStat | undefined {
    try {
      return statTarget(target.folder(folders[files.folderOf(number)]?.path ?? Buffer.alloc(0)), name)
    } catch {
      // Its folder is not there yet.
      return undefined
    }
  }

  function bytesOf(entries: Uint32Array): number {
    return contentLength(
      index,
      entries.filter((entry) => entry !== zeros),
    )
  }

  function neededFor(set: FileSet, number: number): number {
    const node = set.files.read(number)
    const linkedFile = linkedFileKey(node)
    if (linkedFile !== undefined && linkedFiles.has(linkedFile)) return 0
    if (linkedFile !== undefined) linkedFiles.add(linkedFile)
    const entries = findContent(index, node)
    const bytes = bytesOf(entries)
    const there = lookAt(set, number, node.name)
    if (!there) return bytes
    const wanted = { size: BigInt(contentLength(index, entries)), modified: node.mtime }
    // By size and time it is what it was, so most likely nothing will be written.
    if (isKept(there, wanted, overwrite) || isKept(there, wanted, 'if-changed')) return 0
    // One with another name is made anew, and the other name keeps its blocks; so does one that is replaced by a whole one.
    const isOwn = kindOf(there) === 'file' && there.nlink === 1n && namingOf(overwrite) === 'in-place'
    return Math.max(0, bytes - (isOwn ? Number(there.blocks) * 512 : 0))
  }

  return {
    get needed() {
      return needed
    },
    async add(set, { signal }) {
      for (let number = 0; number < set.files.count; number++) {
        const turn = turns()
        if (turn) await turn
        signal?.throwIfAborted()
        try {
          needed += neededFor(set, number)
        } catch (error) {
          // It cannot be restored, which is told later and must not hinder the others.
          if (!(error instanceof CoreError)) throw error
        }
      }
    },
  }
}

/** FS-23: refuses with the numbers. */
export function tooLittleRoom(target: Buffer, needed: number, free: number): CoreError {
  return new CoreError(
    'target/full',
    `Restoring to ${printable(target)} needs ${formatBytes(needed)}, and ${formatBytes(free)} are free there.`,
    {
      safety: 'Nothing was written; the recovery point is untouched.',
      remedy: `Free ${formatBytes(needed - free)}, choose another target, or restore a part of it with --include. With --sparse, holes need no room.`,
      context: { needed, free },
    },
  )
}
