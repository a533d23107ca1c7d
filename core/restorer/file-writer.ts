import { closeSync, ftruncateSync, writeSync } from 'node:fs'

import { CoreError } from '../base/index.ts'
import {
  createMetadataWriter,
  makeFile,
  type Metadata,
  openForWriting,
  openSystemCalls,
  openTargetTree,
  targetError,
} from '../source/index.ts'
import { createFileStates, type FileStates } from './file-states.ts'
import { type FileTable, readFileTable } from './file-table.ts'
import type { Problem } from './messages.ts'
import { metadataOf } from './node-metadata.ts'

/** Writes files of a set: their blobs in any order, their metadata once all are written. One a worker. */
export interface FileWriter {
  /** Begins another set of files. */
  begin(folders: readonly Uint8Array[], states: FileStates): void
  /** Tells of files that the next blobs belong to. */
  expect(table: FileTable): void
  /** Writes a blob's plain bytes. */
  write(file: number, position: number, plain: Buffer): void
  /** Finishes files without content. */
  finishEmpty(file: number): void
  /** What went wrong since the last call. */
  takeProblems(): Problem[]
  close(): void
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

export function createFileWriter(target: Uint8Array, sparse: boolean): FileWriter {
  const tree = openTargetTree(target)
  const calls = openSystemCalls()
  const metadata = createMetadataWriter(calls)
  const known = new Map<number, Known>()
  const open = new Map<number, number>()
  let folders: readonly Uint8Array[] = []
  let states = createFileStates(0)
  let problems: Problem[] = []

  function problem(part: Problem['part'], path: Buffer, error: unknown): void {
    if (error instanceof CoreError && error.code === 'target/full') throw error
    problems.push({ part, path, reason: error instanceof Error ? error.message : String(error) })
  }

  /** With `isWhole` the next write gives the file its size, and a hole for its blobs is not needed. */
  function descriptorOf({ number, folder, name, size }: Known, isWhole: boolean): number {
    const found = open.get(number)
    if (found !== undefined) return found
    const parent = tree.folder(folders[folder] ?? NO_BYTES)
    const descriptor =
      states.makeOnce(number, () => {
        const made = makeFile(parent, name, calls)
        // A hole to its end: what is not written reads as zeros.
        if (size > 0 && !isWhole) ftruncateSync(made, size)
        return made
      }) ?? openForWriting(parent, name)
    if (descriptor === undefined) throw targetError(name, 'was exchanged while it was being restored')
    open.set(number, descriptor)
    closeOldest()
    return descriptor
  }

  function closeOldest(): void {
    for (const [file, descriptor] of open) {
      if (open.size <= OPEN_FILES) return
      open.delete(file)
      closeSync(descriptor)
    }
  }

  function pathOf({ folder, name }: Known): Buffer {
    const parent = folders[folder] ?? NO_BYTES
    return parent.length > 0 ? Buffer.concat([parent, SLASH, name]) : name
  }

  function finish(file: Known, descriptor: number): void {
    metadata.toFile(descriptor, file.metadata, (part, error) => problem(part, pathOf(file), error))
    known.delete(file.number)
    open.delete(file.number)
    closeSync(descriptor)
  }

  function lose(file: Known, error: unknown): void {
    // Never finished, so nobody gives it the times of a good file.
    states.spoil(file.number)
    problem('file', pathOf(file), error)
  }

  return {
    begin(paths, shared) {
      for (const descriptor of open.values()) closeSync(descriptor)
      open.clear()
      known.clear()
      folders = paths
      states = shared
    },
    expect(table) {
      for (const { file: number, folder, node } of readFileTable(table)) {
        if (known.has(number)) continue
        const name = Buffer.from(node.name)
        known.set(number, { number, folder, name, size: Number(node.size), metadata: metadataOf(node) })
      }
    },
    write(number, position, plain) {
      const file = known.get(number)
      if (!file || states.isSpoilt(number)) return
      try {
        const isWhole = position === 0 && plain.length === file.size
        const leavesHole = sparse && isZero(plain) && states.isMadeHere(number)
        const descriptor = descriptorOf(file, isWhole && !leavesHole)
        if (!leavesHole) writeFully(descriptor, plain, position)
        if (states.written(number)) finish(file, descriptor)
      } catch (error) {
        lose(file, error)
      }
    },
    finishEmpty(number) {
      const file = known.get(number)
      if (!file) return
      try {
        finish(file, descriptorOf(file, file.size === 0))
      } catch (error) {
        lose(file, error)
      }
    },
    takeProblems() {
      const taken = problems
      problems = []
      return taken
    },
    close() {
      for (const descriptor of open.values()) closeSync(descriptor)
      open.clear()
      tree.close()
    },
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
