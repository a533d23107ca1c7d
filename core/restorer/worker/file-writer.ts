import { closeSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'

import { isCode, reasonOf } from '../../base/index.ts'
import type { SystemCalls } from '../../file-system/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import {
  type AlignedMemory,
  DIRECT_BLOCK,
  makeFile,
  type Metadata,
  type MetadataWriter,
  openForWriting,
  partName,
  publishPart,
  spoilTimes,
  targetError,
  type TargetTree,
} from '../../target/index.ts'
import { contentLength, findContent } from '../content.ts'
import type { EntryReader } from '../entry-list.ts'
import type { FileStates } from '../file-states.ts'
import { throwIfFull } from '../full-target.ts'
import type { Problem } from '../messages.ts'
import { metadataOf } from '../node-metadata.ts'
import type { Naming } from '../overwrite.ts'
import { createOpenFiles, type OpenFile } from './open-files.ts'

/** Writes files of a set: their blobs in any order, their metadata once all are written. One a worker. */
export interface FileWriter {
  /** Begins another set of files. */
  begin(folders: readonly Uint8Array[], files: EntryReader, states: FileStates): void
  /** Whether a blob is left out of new files. To be asked once for each: one of zeros may belong in a million places. */
  isHole(plain: Buffer): boolean
  /** Writes a blob's plain bytes. Returns how many of them the file has now: all, or of a lost one none. */
  write(file: number, position: number, plain: Buffer, isHole: boolean): number
  /**
   * Memory for a blob's plain bytes that are to be written there past the page cache. Undefined where they go through it:
   * into short files, in which it gathers them better, and while the disk has still enough to do.
   */
  directRoom(file: number, position: number, length: number): Buffer | undefined
  /** Writes what was put into direct room, which is free once that is done. Resolves to what `write` returns; never rejects. */
  writeDirect(file: number, position: number, room: Buffer, isHole: boolean): Promise<number>
  /** Frees direct room of which nothing is to be written. */
  freeRoom(room: Buffer): void
  /** Finishes a file of which nothing is left to be written. */
  finishEmpty(file: number): void
  /** What went wrong since the last call. Throws what ends the restore, where that went wrong in a direct write. */
  takeProblems(): Problem[]
  /** The tree stays open. Nothing may be being written. */
  close(): void
}

export interface FileWriterOptions {
  /** Runs of zeros are left out of new files. */
  readonly sparse: boolean
  readonly naming: Naming
  readonly partMark: string
  /** For what is written past the page cache. */
  readonly memory: AlignedMemory
  /** Called for each file that has its last byte and its metadata. */
  readonly onFinished: () => void
}

/** A direct write waits for the disk. In shorter files the page cache gathers what lies side by side, and orders it. */
const LEAST_DIRECT_FILE = 64 * 1024 * 1024
const LEAST_DIRECT_WRITE = 256 * 1024

/** What is needed of a file from its first blob to its last. */
interface Known {
  readonly number: number
  readonly folder: number
  readonly name: Buffer
  readonly size: number
  readonly metadata: Metadata
}

/** What is known of a file before a blob is written to it. */
interface Prepared {
  readonly file: Known
  readonly opened: OpenFile
  /** Zeros, which are not written. */
  readonly leavesHole: boolean
}

export function createFileWriter(
  tree: TargetTree,
  index: BlobIndex,
  calls: SystemCalls | undefined,
  metadata: MetadataWriter,
  { sparse, naming, partMark, memory, onFinished }: FileWriterOptions,
): FileWriter {
  const known = new Map<number, Known>()
  /** A file that is lost when it is closed is lost alone. */
  const open = createOpenFiles((number, error) => lose(number, error))
  let folders: readonly Uint8Array[] = []
  let files: EntryReader
  let states: FileStates
  let problems: Problem[] = []
  let failure: { readonly error: unknown } | undefined

  function problem(part: Problem['part'], path: Buffer, error: unknown): void {
    problems.push({ part, path, reason: reasonOf(error) })
  }

  /** With `isWhole` the next write gives the file its size, and a hole for its blobs is not needed. */
  function openFile({ number, folder, name, size }: Known, isWhole: boolean): OpenFile {
    const found = open.find(number)
    if (found) return found
    const parent = tree.folder(folders[folder] ?? NO_BYTES)
    const written = naming === 'in-place' ? name : partName(name, partMark)
    const descriptor =
      states.makeOnce(number, () => {
        const made = makeFile(parent, written, calls)
        // A hole to its end: what is not written reads as zeros.
        if (size > 0 && !isWhole) lengthen(made, size)
        return made
      }) ?? openForWriting(parent, written)
    if (descriptor === undefined) throw targetError(name, 'was exchanged while it was being restored')
    return open.add(number, descriptor)
  }

  function pathOf({ folder, name }: Pick<Known, 'folder' | 'name'>): Buffer {
    const parent = folders[folder] ?? NO_BYTES
    return parent.length > 0 ? Buffer.concat([parent, SLASH, name]) : name
  }

  function finish(file: Known, { descriptor }: OpenFile): void {
    metadata.toFile(descriptor, file.metadata, (part, error) => problem(part, pathOf(file), error))
    known.delete(file.number)
    const written = naming === 'in-place' ? undefined : fstatSync(descriptor, { bigint: true })
    open.close(file.number)
    if (written) {
      const folder = tree.folder(folders[file.folder] ?? NO_BYTES)
      publishPart(folder, file.name, partName(file.name, partMark), written, naming === 'replace')
    }
    onFinished()
  }

  function doubt(number: number, { folder, name }: Pick<Known, 'folder' | 'name'>): void {
    try {
      spoilTimes(tree.folder(folders[folder] ?? NO_BYTES), name, files.read(number).mtime)
    } catch (error) {
      // Its folder is gone, too, or it has no time that it could have got.
      if (!isCode(error, 'target/refused') && !isCode(error, 'repository/damaged')) throw error
    }
  }

  function prepare(number: number, position: number, plain: Buffer, isHole: boolean): Prepared {
    const file = know(number)
    const isWhole = position === 0 && plain.length === file.size
    const leavesHole = isHole && states.isMadeHere(number)
    return { file, leavesHole, opened: openFile(file, isWhole && !leavesHole) }
  }

  function wrote(file: Known, opened: OpenFile, plain: Buffer): number {
    if (states.written(file.number)) finish(file, opened)
    return plain.length
  }

  /** What the set says of a file, read once. */
  function know(number: number): Known {
    const found = known.get(number)
    if (found) return found
    const node = files.read(number)
    const { name } = node
    const file = {
      number,
      folder: files.folderOf(number),
      name,
      size: contentLength(index, findContent(index, node)),
      metadata: metadataOf(node),
    }
    known.set(number, file)
    return file
  }

  function lose(number: number, error: unknown): void {
    // Never finished, so nobody gives it the times of a good file.
    const isFirst = states.spoil(number)
    const place = { folder: files.folderOf(number), name: files.read(number).name }
    // It may have them: of before, or where the file system says only in the end that bytes did not arrive.
    if (isFirst && naming === 'in-place') doubt(number, place)
    throwIfFull(pathOf(place), error)
    if (isFirst) problem('file', pathOf(place), error)
  }

  return {
    begin(paths, list, shared) {
      open.closeAll()
      known.clear()
      folders = paths
      files = list
      states = shared
    },
    isHole: (plain) => sparse && isZero(plain),
    write(number, position, plain, isHole) {
      if (states.isSpoilt(number)) return 0
      try {
        const { file, opened, leavesHole } = prepare(number, position, plain, isHole)
        if (!leavesHole) writeFully(opened.descriptor, plain, position)
        return wrote(file, opened, plain)
      } catch (error) {
        lose(number, error)
        return 0
      }
    },
    directRoom(number, position, length) {
      if (length < LEAST_DIRECT_WRITE || states.isSpoilt(number) || !states.isMadeHere(number)) return undefined
      return know(number).size < LEAST_DIRECT_FILE ? undefined : memory.take(length, position % DIRECT_BLOCK)
    },
    async writeDirect(number, position, room, isHole) {
      try {
        if (states.isSpoilt(number)) return 0
        const { file, opened, leavesHole } = prepare(number, position, room, isHole)
        if (leavesHole) return wrote(file, opened, room)
        opened.pending++
        try {
          const direct = opened.direct()
          if (direct) await direct.write(room, position)
          else writeFully(opened.descriptor, room, position)
        } finally {
          opened.pending--
        }
        return wrote(file, opened, room)
      } catch (error) {
        try {
          lose(number, error)
        } catch (fatal) {
          failure ??= { error: fatal }
        }
        return 0
      } finally {
        memory.free(room)
      }
    },
    freeRoom: (room) => memory.free(room),
    finishEmpty(number) {
      try {
        const file = know(number)
        finish(file, openFile(file, file.size === 0))
      } catch (error) {
        lose(number, error)
      }
    },
    takeProblems() {
      if (failure) throw failure.error
      const taken = problems
      problems = []
      return taken
    },
    close: () => open.closeAll(),
  }
}

function lengthen(descriptor: number, size: number): void {
  try {
    ftruncateSync(descriptor, size)
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

const SLASH = Buffer.from('/')
const NO_BYTES = new Uint8Array(0)
const ZEROS = Buffer.alloc(64 * 1024)

function isZero(plain: Buffer): boolean {
  for (let at = 0; at < plain.length; at += ZEROS.length) {
    const part = plain.subarray(at, at + ZEROS.length)
    if (part.compare(ZEROS, 0, part.length) !== 0) return false
  }
  return true
}

function writeFully(descriptor: number, plain: Buffer, position: number): void {
  for (let at = 0; at < plain.length;) at += writeSync(descriptor, plain, at, plain.length - at, position + at)
}
