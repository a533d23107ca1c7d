import { parentPort, workerData } from 'node:worker_threads'

import { carryError, isCode, systemCode } from '../../base/index.ts'
import { attachBlobIndex, createBlobReader, ID_BYTES } from '../../repository/index.ts'
import { createMetadataWriter, openSystemCalls, openTargetTree } from '../../source/index.ts'
import { entryListOver, type EntryReader } from '../entry-list.ts'
import { fileStatesOver } from '../file-states.ts'
import type {
  Compared,
  CompareJob,
  FinishJob,
  FromRestoreWorker,
  PackJob,
  RestoreWorkerData,
  SetMessage,
  ToRestoreWorker,
} from '../messages.ts'
import { createFileComparer } from './file-comparer.ts'
import { createFileWriter } from './file-writer.ts'

if (!parentPort) throw new Error('restore-worker is started as a worker thread')
const port = parentPort
const data = workerData as RestoreWorkerData
const index = attachBlobIndex(data.index)
const reader = createBlobReader(data.masterKey, data.index)
const tree = openTargetTree(data.target)
const calls = openSystemCalls()
const metadata = createMetadataWriter(calls)
const writer = createFileWriter(tree, index, calls, metadata, data.sparse)
const written = new Float64Array(data.written)
const stopped = new Int32Array(data.stopped)
const isStopped = (): boolean => Atomics.load(stopped, 0) !== 0
const post = (message: FromRestoreWorker): void => port.postMessage(message)

/** Blobs are decoded here, one after another; the longest that restic cuts has 8 MiB. */
let plain = Buffer.allocUnsafeSlow(1024 * 1024)

function room(length: number): Buffer {
  if (plain.length < length) plain = Buffer.allocUnsafeSlow(length)
  return plain
}

const comparer = createFileComparer(index, metadata, room, isStopped)
let folders: readonly Uint8Array[] = []
let files: EntryReader | undefined

function beginSet({ folders: paths, files: list, states }: SetMessage): void {
  folders = paths
  files = entryListOver(list)
  writer.begin(paths, files, fileStatesOver(states))
}

function writePack({ job, bytes, offset: start, entries, files: of, positions }: PackJob): void {
  const sealed = Buffer.from(bytes)
  const id = Buffer.alloc(ID_BYTES)
  let decoded: Buffer | undefined
  let decodedFrom = -1
  const damaged: number[] = []
  for (let row = 0; row < entries.length && !isStopped(); row++) {
    const entry = entries[row] ?? 0
    // The same blob for several files: rows are in the order of offsets.
    if (entry !== decodedFrom) {
      decodedFrom = entry
      const { offset, length, uncompressedLength } = index.locate(entry)
      const from = offset - start
      decoded = decode(sealed.subarray(from, from + length), uncompressedLength, index.idOf(entry, id))
    }
    if (decoded) {
      writer.write(of[row] ?? 0, positions[row] ?? 0, decoded)
      written[data.worker] = (written[data.worker] ?? 0) + decoded.length
    } else damaged.push(row)
  }
  post({ type: 'done', job, problems: writer.takeProblems(), damaged })
}

/** Undefined where the blob is damaged. */
function decode(sealed: Buffer, uncompressedLength: number, id: Buffer): Buffer | undefined {
  try {
    return reader.read({ uncompressedLength }, sealed, id, room(Math.max(uncompressedLength, sealed.length)))
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return undefined
    throw error
  }
}

function finish({ job, files: numbers }: FinishJob): void {
  for (const file of numbers) if (!isStopped()) writer.finishEmpty(file)
  post({ type: 'done', job, problems: writer.takeProblems() })
}

function compare(message: CompareJob): void {
  post({ type: 'done', job: message.job, problems: [], compared: tryCompare(message) })
}

/** A file that cannot be read is as good as none: another one takes its place. */
function tryCompare(message: CompareJob): Compared | undefined {
  if (!files) return undefined
  try {
    const folder = tree.folder(folders[files.folderOf(message.file)] ?? new Uint8Array(0))
    return comparer.compare(folder, files.read(message.file), message)
  } catch (error) {
    if (systemCode(error) === undefined && !isCode(error, 'target/refused')) throw error
    return undefined
  }
}

function end(): void {
  writer.close()
  tree.close()
  port.close()
}

port.on('message', (message: ToRestoreWorker) => {
  try {
    if (message.type === 'stop') end()
    else if (message.type === 'set') beginSet(message)
    else if (message.type === 'pack') writePack(message)
    else if (message.type === 'finish') finish(message)
    else compare(message)
  } catch (error) {
    post({ type: 'failed', error: carryError(error) })
  }
})
