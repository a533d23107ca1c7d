import { closeSync, ftruncateSync, writeSync } from 'node:fs'

import { CoreError } from '../base/index.ts'
import {
  createMetadataWriter,
  makeFile,
  openForWriting,
  openSystemCalls,
  openTargetTree,
  targetError,
} from '../source/index.ts'
import { createFileStates, type FileStates } from './file-states.ts'
import type { TableEntry } from './file-table.ts'
import type { Problem } from './messages.ts'
import { metadataOf, readNode } from './node-metadata.ts'

/** Writes files of a set: their blobs in any order, their metadata once all are written. One a worker. */
export interface FileWriter {
  /** Begins another set of files. */
  begin(folders: readonly Uint8Array[], states: FileStates): void
  /** Tells of files that the next blobs belong to. */
  expect(entries: Iterable<TableEntry>): void
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

interface Known extends TableEntry {
  readonly path: Buffer
}

export function createFileWriter(target: Uint8Array, sparse: boolean): FileWriter {
  const tree = openTargetTree(target)
  const metadata = createMetadataWriter(openSystemCalls())
  const known = new Map<number, Known>()
  const open = new Map<number, number>()
  let folders: readonly Uint8Array[] = []
  let states = createFileStates(0)
  let problems: Problem[] = []

  function problem(part: Problem['part'], path: Buffer, error: unknown): void {
    if (error instanceof CoreError && error.code === 'target/full') throw error
    problems.push({ part, path, reason: error instanceof Error ? error.message : String(error) })
  }

  function descriptorOf(file: Known): number {
    const found = open.get(file.file)
    if (found !== undefined) return found
    const folder = tree.folder(folders[file.folder] ?? new Uint8Array(0))
    const { name, size } = readNode(file.node)
    const descriptor =
      states.makeOnce(file.file, () => {
        const made = makeFile(folder, name)
        // A hole to its end: what is not written reads as zeros.
        if (size > 0n) ftruncateSync(made, Number(size))
        return made
      }) ?? openForWriting(folder, name)
    if (descriptor === undefined) throw targetError(name, 'was exchanged while it was being restored')
    open.set(file.file, descriptor)
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

  function finish(file: Known, descriptor: number): void {
    metadata.toFile(descriptor, metadataOf(readNode(file.node)), (part, error) => problem(part, file.path, error))
    known.delete(file.file)
    open.delete(file.file)
    closeSync(descriptor)
  }

  function lose(file: Known, error: unknown): void {
    // Never finished, so nobody gives it the times of a good file.
    states.spoil(file.file)
    problem('file', file.path, error)
  }

  return {
    begin(paths, shared) {
      for (const descriptor of open.values()) closeSync(descriptor)
      open.clear()
      known.clear()
      folders = paths
      states = shared
    },
    expect(entries) {
      for (const entry of entries) {
        if (known.has(entry.file)) continue
        const folder = Buffer.from(folders[entry.folder] ?? [])
        const path =
          folder.length > 0 ? Buffer.concat([folder, SLASH, readNode(entry.node).name]) : readNode(entry.node).name
        known.set(entry.file, { ...entry, path })
      }
    },
    write(number, position, plain) {
      const file = known.get(number)
      if (!file || states.isSpoilt(number)) return
      try {
        const descriptor = descriptorOf(file)
        if (!(sparse && file.make && isZero(plain))) writeFully(descriptor, plain, position)
        if (states.written(number)) finish(file, descriptor)
      } catch (error) {
        lose(file, error)
      }
    },
    finishEmpty(number) {
      const file = known.get(number)
      if (!file) return
      try {
        finish(file, descriptorOf(file))
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
