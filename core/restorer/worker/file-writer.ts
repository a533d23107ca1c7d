import { closeSync, ftruncateSync, writeSync } from 'node:fs'

import { reasonOf } from '../../base/index.ts'
import type { SystemCalls } from '../../file-system/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import {
  makeFile,
  type Metadata,
  type MetadataWriter,
  openForWriting,
  partName,
  publishPart,
  removeEntry,
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

/** Writes files of a set: their blobs in any order, their metadata once all are written. One a worker. */
export interface FileWriter {
  /** Begins another set of files. */
  begin(folders: readonly Uint8Array[], files: EntryReader, states: FileStates): void
  /** Writes a blob's plain bytes. Returns how many of them the file has now: all, or of a lost one none. */
  write(file: number, position: number, plain: Buffer): number
  /** Finishes a file of which nothing is left to be written. */
  finishEmpty(file: number): void
  /** What went wrong since the last call. */
  takeProblems(): Problem[]
  /** The tree stays open. */
  close(): void
}

export interface FileWriterOptions {
  /** Runs of zeros are left out of new files. */
  readonly sparse: boolean
  readonly naming: Naming
  /** Called for each file that has its last byte and its metadata. */
  readonly onFinished: () => void
}

/** Files that are kept open between their blobs. */
const OPEN_FILES = 48

/** What is needed of a file from its first blob to its last. */
interface Known {
  readonly number: number
  readonly folder: number
  readonly name: Buffer
  readonly size: number
  readonly metadata: Metadata
}

export function createFileWriter(
  tree: TargetTree,
  index: BlobIndex,
  calls: SystemCalls | undefined,
  metadata: MetadataWriter,
  { sparse, naming, onFinished }: FileWriterOptions,
): FileWriter {
  const known = new Map<number, Known>()
  const open = new Map<number, number>()
  let folders: readonly Uint8Array[] = []
  let files: EntryReader
  let states: FileStates
  let problems: Problem[] = []

  function problem(part: Problem['part'], path: Buffer, error: unknown): void {
    if (part === 'file') throwIfFull(path, error)
    problems.push({ part, path, reason: reasonOf(error) })
  }

  /** With `isWhole` the next write gives the file its size, and a hole for its blobs is not needed. */
  function descriptorOf({ number, folder, name, size }: Known, isWhole: boolean): number {
    const found = open.get(number)
    if (found !== undefined) return found
    const parent = tree.folder(folders[folder] ?? NO_BYTES)
    const written = naming === 'in-place' ? name : partName(name)
    const descriptor =
      states.makeOnce(number, () => {
        // Of a restore that was killed.
        if (naming !== 'in-place') removeEntry(parent, written)
        const made = makeFile(parent, written, calls)
        // A hole to its end: what is not written reads as zeros.
        if (size > 0 && !isWhole) lengthen(made, size)
        return made
      }) ?? openForWriting(parent, written)
    if (descriptor === undefined) throw targetError(name, 'was exchanged while it was being restored')
    open.set(number, descriptor)
    closeOldest()
    return descriptor
  }

  function closeOldest(): void {
    for (const [file, descriptor] of open) {
      if (open.size <= OPEN_FILES) return
      closeOf(file, descriptor)
    }
  }

  /** Some file systems tell only now that bytes found no room, or did not arrive: then this file is lost, and no other. */
  function closeOf(file: number, descriptor: number): void {
    open.delete(file)
    try {
      closeSync(descriptor)
    } catch (error) {
      lose(file, error)
    }
  }

  function closeAll(): void {
    for (const [file, descriptor] of open) closeOf(file, descriptor)
  }

  function pathOf({ folder, name }: Pick<Known, 'folder' | 'name'>): Buffer {
    const parent = folders[folder] ?? NO_BYTES
    return parent.length > 0 ? Buffer.concat([parent, SLASH, name]) : name
  }

  function finish(file: Known, descriptor: number): void {
    metadata.toFile(descriptor, file.metadata, (part, error) => problem(part, pathOf(file), error))
    known.delete(file.number)
    open.delete(file.number)
    const folder = tree.folder(folders[file.folder] ?? NO_BYTES)
    try {
      closeSync(descriptor)
    } catch (error) {
      if (naming === 'in-place') spoilTimes(folder, file.name)
      throw error
    }
    if (naming !== 'in-place') publishPart(folder, file.name, naming === 'replace')
    onFinished()
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
    if (states.spoil(number))
      problem('file', pathOf({ folder: files.folderOf(number), name: files.read(number).name }), error)
  }

  return {
    begin(paths, list, shared) {
      closeAll()
      known.clear()
      folders = paths
      files = list
      states = shared
    },
    write(number, position, plain) {
      if (states.isSpoilt(number)) return 0
      try {
        const file = know(number)
        const isWhole = position === 0 && plain.length === file.size
        const leavesHole = sparse && isZero(plain) && states.isMadeHere(number)
        const descriptor = descriptorOf(file, isWhole && !leavesHole)
        if (!leavesHole) writeFully(descriptor, plain, position)
        if (states.written(number)) finish(file, descriptor)
        return plain.length
      } catch (error) {
        lose(number, error)
        return 0
      }
    },
    finishEmpty(number) {
      try {
        const file = know(number)
        finish(file, descriptorOf(file, file.size === 0))
      } catch (error) {
        lose(number, error)
      }
    },
    takeProblems() {
      const taken = problems
      problems = []
      return taken
    },
    close: closeAll,
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
