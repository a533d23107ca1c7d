import { closeSync, fstatSync, ftruncateSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

import { carryError, CoreError } from '../base/index.ts'
import { createBlobReader, ID_BYTES, sha256 } from '../repository/index.ts'
import { openForWriting, openTargetTree } from '../source/index.ts'
import { fileStatesOver } from './file-states.ts'
import { createFileWriter } from './file-writer.ts'
import {
  type CompareJob,
  type FromRestoreWorker,
  type PackJob,
  type RestoreWorkerData,
  ROW,
  type ToRestoreWorker,
} from './messages.ts'

if (!parentPort) throw new Error('restore-worker is started as a worker thread')
const port = parentPort
const data = workerData as RestoreWorkerData
const reader = createBlobReader(data.masterKey, data.index)
const writer = createFileWriter(data.target, data.sparse)
const tree = openTargetTree(data.target)
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

function writePack({ job, bytes, rows, ids, files, finish }: PackJob): void {
  writer.expect(files)
  const sealed = Buffer.from(bytes)
  const names = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength)
  let decoded: Buffer | undefined
  let decodedFrom = -1
  const damaged: number[] = []
  for (let row = 0; row < rows.length && !isStopped(); row += ROW) {
    const [offset = 0, length = 0, uncompressedLength = 0, file = 0, position = 0] = rows.subarray(row, row + ROW)
    // The same blob for several files: rows are in the order of offsets.
    if (offset !== decodedFrom) {
      decodedFrom = offset
      const id = names.subarray((row / ROW) * ID_BYTES, (row / ROW + 1) * ID_BYTES)
      decoded = decode(sealed.subarray(offset, offset + length), uncompressedLength, id)
    }
    if (decoded) {
      writer.write(file, position, decoded)
      written[data.worker] = (written[data.worker] ?? 0) + decoded.length
    } else damaged.push(row / ROW)
  }
  for (const file of finish) writer.finishEmpty(file)
  post({ type: 'done', job, problems: writer.takeProblems(), damaged })
}

/** Undefined where the blob is damaged. */
function decode(sealed: Buffer, uncompressedLength: number, id: Buffer): Buffer | undefined {
  try {
    return reader.read({ uncompressedLength }, sealed, id, room(Math.max(uncompressedLength, sealed.length)))
  } catch (error) {
    if (error instanceof CoreError && error.code === 'repository/damaged') return undefined
    throw error
  }
}

/** Says which blobs of a file are right already, so that only the others are fetched and written. */
function compare({ job, folder, name, content, lengths, size, resize }: CompareJob): void {
  const ids = Buffer.from(content)
  const descriptor = openForWriting(tree.folder(folder), name)
  if (descriptor === undefined) {
    post({ type: 'done', job, problems: [] })
    return
  }
  const same = new Uint8Array(lengths.length)
  try {
    let position = 0
    for (const [blob, length] of lengths.entries()) {
      if (isStopped()) break
      const there = room(length).subarray(0, length)
      const isThere = readFully(descriptor, there, position) === length
      if (isThere && sha256(there).equals(ids.subarray(blob * ID_BYTES, (blob + 1) * ID_BYTES))) same[blob] = 1
      position += length
    }
    const isLonger = fstatSync(descriptor).size !== size
    if (isLonger && resize) ftruncateSync(descriptor, size)
    else if (isLonger) same.fill(0)
  } finally {
    closeSync(descriptor)
  }
  post({ type: 'done', job, problems: [], same })
}

function readFully(descriptor: number, target: Buffer, position: number): number {
  let done = 0
  while (done < target.length) {
    const count = readSync(descriptor, target, done, target.length - done, position + done)
    if (count === 0) break
    done += count
  }
  return done
}

function end(): void {
  writer.close()
  tree.close()
  port.close()
}

port.on('message', (message: ToRestoreWorker) => {
  try {
    if (message.type === 'stop') end()
    else if (message.type === 'set') writer.begin(message.folders, fileStatesOver(message.states))
    else if (message.type === 'pack') writePack(message)
    else compare(message)
  } catch (error) {
    post({ type: 'failed', error: carryError(error) })
  }
})
