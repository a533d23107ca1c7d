import type { Abortable } from '../../base/index.ts'
import type { BlobIndex, CompressionLevel } from '../../repository/index.ts'
import { type Move, moveBlobs } from '../moving/move-blobs.ts'
import { movesOfEntries } from '../moving/moves-of-entries.ts'
import { type CopyMarks, STATE } from './copy-marks.ts'
import type { Copying } from './copying.ts'

export interface CopyBlobsOptions extends Abortable {
  readonly workers: number
  readonly level?: CompressionLevel | undefined
  /** Told of blobs that were dealt with, and their sealed bytes in the source. */
  readonly onBlobs: (blobs: number, bytes: number) => void
  /** Some blobs of a pack cannot be read. Other copies of them are looked for. */
  readonly onDamage: (pack: string, blobs: number, reason: string) => void
}

export interface BlobsCopied {
  readonly blobs: number
  /** Bytes of new packs. */
  readonly bytes: number
  /** Blobs of which no copy can be read. They are marked. */
  readonly lost: number
}

/** Copies all blobs with this mark. When this resolves, they are stored and listed in the destination. */
export async function copyBlobs(copying: Copying, mark: number, options: CopyBlobsOptions): Promise<BlobsCopied> {
  const { index } = copying.inventory
  const done = { blobs: 0, bytes: 0 }
  const lost = await copyOnce(copying, movesOf(index, copying.marks, mark), done, options)
  // By the copy that is tried next: the entry that is marked.
  let left = nextCopies(
    index,
    lost.map((entry) => [entry, entry]),
  )
  let lostForGood = lost.length - left.size
  while (left.size > 0) {
    const failed = await copyOnce(copying, movesOfEntries(index, left.keys()), done, {
      ...options,
      onBlobs: () => undefined,
    })
    const again = failed.map((entry) => [entry, left.get(entry) ?? entry] as const)
    left = nextCopies(index, again)
    lostForGood += again.length - left.size
  }
  return { ...done, lost: lostForGood }

  function nextCopies(of: BlobIndex, tried: readonly (readonly [copy: number, marked: number])[]): Map<number, number> {
    const next = new Map<number, number>()
    for (const [copy, marked] of tried) {
      const other = of.next(copy)
      if (other >= 0) next.set(other, marked)
      else copying.marks[marked] = STATE.lost
    }
    return next
  }
}

/** Returns the entries of blobs that cannot be read. */
async function copyOnce(
  { source, destination, inventory, present }: Copying,
  moves: Iterable<Move>,
  done: { blobs: number; bytes: number },
  { workers, level, onBlobs, onDamage, signal }: CopyBlobsOptions,
): Promise<number[]> {
  const { index, ledger } = inventory
  const lost: number[] = []
  const moved = await moveBlobs(
    { repository: source, index, ledger },
    { repository: destination, index: present, manner: 'reseal', level },
    moves,
    {
      workers,
      signal,
      words: { crewOf: 'the copy', safety: 'The source was not changed.' },
      onFailure({ pack, lost: entries, reason }) {
        for (const entry of entries) lost.push(entry)
        onDamage(ledger.nameOf(pack), entries.length, reason)
      },
      onPack: ({ entries }) =>
        onBlobs(
          entries.length,
          entries.reduce((sum, entry) => sum + index.locate(entry).length, 0),
        ),
    },
  )
  done.blobs += moved.blobs
  done.bytes += moved.bytes
  return lost
}

/** The entries of a pack follow each other in the index, but for a pack that two index files list in parts. */
function* movesOf(index: BlobIndex, marks: CopyMarks, mark: number): Generator<Move> {
  let pack = -1
  let entries: number[] = []
  for (let entry = marks.indexOf(mark); entry >= 0; entry = marks.indexOf(mark, entry + 1)) {
    const at = index.locate(entry).pack
    if (at !== pack && entries.length > 0) {
      yield { pack, entries }
      entries = []
    }
    pack = at
    entries.push(entry)
  }
  if (entries.length > 0) yield { pack, entries }
}
