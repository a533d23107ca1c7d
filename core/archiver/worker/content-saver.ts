import { CoreError, formatBytes, formatCount } from '../../base/index.ts'
import { mayHaveHoles } from '../../file-system/index.ts'
import { type ContentWriter, ID_BYTES, type ReadNext } from '../../repository/index.ts'
import type { EntryReader, OpenFile } from '../../source/index.ts'

/** Stores the content of files. Long holes are neither read nor cut and hashed. */
export interface ContentSaver {
  /**
   * Returns the ids of its chunks, which are those of a file full of zeros where it has holes. Fails with
   * `source/too-large` where they are more than a node can list.
   */
  save(file: OpenFile, progress: ContentProgress): Buffer
}

/** Told of bytes that are done, and how many of them had to be read. */
export type ContentProgress = (processed: number, read: number) => void

export interface ContentSaverParts {
  readonly reader: Pick<EntryReader, 'read' | 'nextData'>
  readonly content: Pick<ContentWriter, 'save' | 'saveUntil'>
  /** Bytes; see `largest-tree.ts`. */
  readonly largestTree: number
}

/**
 * The shortest chunk that restic's format has, and what decides whether one ends: behind 64 zeros every chunk does that is
 * long enough. So at most that many bytes behind its data, in a hole one zero chunk follows the other.
 */
const SHORTEST_CHUNK = 512 * 1024
const WINDOW = 64

/** Shorter holes are read. They cost little, and not every file system has always known its holes. */
const LEAST_HOLE = 8 * 1024 * 1024

/**
 * Of zeros: 4 TiB of holes. Making a file of that size takes anybody a moment, and its list a gibibyte and a half here. Of
 * data, which somebody had to write, only the node says how many there may be.
 */
const MOST_ZERO_CHUNKS = 2 ** 23

/** An id in a node: 64 digits, quotes and a comma. */
const ID_LETTERS = 67

/** Files of /proc and /sys say that they are empty, and are not. */
const LONGEST_OF_UNKNOWN_SIZE = 64 * 1024 * 1024

export function createContentSaver({ reader, content, largestTree }: ContentSaverParts): ContentSaver {
  /** Of the shortest chunk of zeros; undefined while it was not needed. */
  let zeroChunk: Buffer | undefined

  /** Where the hole ends that `at` lies in; `at` where there is none, or none that is worth it. */
  function endOfHole(file: OpenFile, at: number, size: number): number {
    const end = reader.nextData(file, at, size)?.offset ?? size
    return end - at >= LEAST_HOLE ? end : at
  }

  function read(file: OpenFile, from: number, end: number, progress: ContentProgress): ReadNext {
    const size = Number(file.stat.size)
    const isSparse = mayHaveHoles(file.stat)
    let at = from
    let zerosUntil = from
    let dataUntil = isSparse ? from : Number.POSITIVE_INFINITY

    function look(): void {
      const data = reader.nextData(file, at, size)
      zerosUntil = endOfHole(file, at, size)
      dataUntil = data ? data.offset + data.length : size
    }

    return (target) => {
      if (at < end && at >= dataUntil) look()
      const length = Math.min(target.length, end - at, (at < zerosUntil ? zerosUntil : dataUntil) - at)
      if (at < zerosUntil) {
        target.fill(0, 0, length)
        progress(length, 0)
        at += length
        return length
      }
      const count = length > 0 ? reader.read(file, target, 0, length, at) : 0
      progress(count, count)
      at += count
      return count
    }
  }

  function zeros(count: number): Buffer {
    // Proved by the chunker itself, once in each thread.
    zeroChunk ??= oneOfTwo(content.save(zerosOf(2 * SHORTEST_CHUNK)))
    return Buffer.alloc(count * ID_BYTES, zeroChunk)
  }

  function checkCount(chunks: number, size: number, ofZeros = 0): void {
    if (ofZeros <= MOST_ZERO_CHUNKS && chunks * ID_LETTERS <= largestTree) return
    throw new CoreError(
      'source/too-large',
      `${formatBytes(size)} are more chunks (${formatCount(chunks)}) than a node can list here`,
    )
  }

  /** Where the first hole begins that is worth it, at or behind `at`. Infinite where there is none. */
  function nextHole(file: OpenFile, at: number, size: number): number {
    for (let from = at; from < size;) {
      const data = reader.nextData(file, from, size)
      if (!data || data.offset - from >= LEAST_HOLE) return size - from >= LEAST_HOLE ? from : Number.POSITIVE_INFINITY
      from = data.offset + data.length
    }
    return Number.POSITIVE_INFINITY
  }

  /** Stores from `at`, where a chunk begins, to where one ends in the next hole, or to the end. Returns where that is. */
  function saveToHole(file: OpenFile, at: number, size: number, progress: ContentProgress, ids: Buffer[]): number {
    const until = nextHole(file, at, size) + WINDOW
    // No chunk that has its end there begins behind it.
    const end = Math.min(size, until + SHORTEST_CHUNK)
    let given = 0
    const saved = content.saveUntil(
      read(file, at, end, (processed, ofThem) => {
        given += processed
        progress(processed, ofThem)
      }),
      until - at,
    )
    ids.push(saved.ids)
    // What was given in vain is of the hole.
    progress(saved.length - given, 0)
    // Ended before, it ends the file, which may be shorter by now.
    return saved.length < until - at ? size : at + saved.length
  }

  /** A chunk begins at each `at` that this comes to. */
  function saveSparse(file: OpenFile, size: number, progress: ContentProgress): Buffer {
    const ids: Buffer[] = []
    let count = 0
    let ofZeros = 0
    for (let at = 0; at < size;) {
      const chunks = Math.floor((endOfHole(file, at, size) - at) / SHORTEST_CHUNK)
      if (chunks > 0) {
        ofZeros += chunks
        checkCount(count + chunks, size, ofZeros)
        ids.push(zeros(chunks))
        progress(chunks * SHORTEST_CHUNK, 0)
        at += chunks * SHORTEST_CHUNK
      } else at = saveToHole(file, at, size, progress, ids)
      count += (ids.at(-1)?.length ?? 0) / ID_BYTES
    }
    return Buffer.concat(ids)
  }

  return {
    save(file, progress) {
      const size = Number(file.stat.size)
      const ids = mayHaveHoles(file.stat)
        ? saveSparse(file, size, progress)
        : // No more than it had when it was opened: who keeps appending would keep the run from ending.
          content.save(read(file, 0, size || LONGEST_OF_UNKNOWN_SIZE, progress))
      checkCount(ids.length / ID_BYTES, size)
      return ids
    },
  }
}

/** The id of two equal chunks. */
function oneOfTwo(ids: Buffer): Buffer {
  const id = ids.subarray(0, ID_BYTES)
  if (ids.equals(Buffer.concat([id, id]))) return id
  throw new CoreError('internal/defect', 'Zeros are not cut into the shortest chunks that there are.')
}

function zerosOf(length: number): ReadNext {
  let left = length
  return (target) => {
    const count = Math.min(left, target.length)
    target.fill(0, 0, count)
    left -= count
    return count
  }
}
