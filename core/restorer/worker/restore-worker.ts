import { parentPort, workerData } from 'node:worker_threads'

import { count, isCode, reasonOf, serveJobs, stopTest, systemCode } from '../../base/index.ts'
import { openSystemCalls } from '../../file-system/index.ts'
import { attachBlobIndex, awaitBegin, createBlobReader, ID_BYTES, type WaitingBell } from '../../repository/index.ts'
import { createMetadataWriter, openTargetTree } from '../../target/index.ts'
import { entryListOver, type EntryReader } from '../entry-list.ts'
import { fileStatesOver } from '../file-states.ts'
import type {
  Compared,
  CompareJob,
  FinishJob,
  PackDone,
  PackJob,
  Problem,
  RestoreJobs,
  RestoreWorkerData,
  SetBegin,
} from '../messages.ts'
import { TALLY } from '../tally.ts'
import { createFileComparer } from './file-comparer.ts'
import { createFileWriter } from './file-writer.ts'

if (!parentPort) throw new Error('restore-worker is started as a worker thread')
const data = awaitBegin(parentPort, workerData as WaitingBell, openSystemCalls) as RestoreWorkerData
const index = attachBlobIndex(data.index)
const reader = createBlobReader(data.masterKey, data.index)
const tree = openTargetTree(data.target)
const calls = openSystemCalls()
const metadata = createMetadataWriter(calls)
const tally = TALLY.row(data.tally, data.worker)
const { bytesWritten, filesFinished, bytesVerified } = TALLY.at
const writer = createFileWriter(tree, index, calls, metadata, {
  sparse: data.sparse,
  naming: data.naming,
  onFinished: () => count(tally, filesFinished),
})
const isStopped = stopTest(data.stopped)

/** Blobs are decoded here, one after another; the longest that restic cuts has 8 MiB. */
let plain = Buffer.allocUnsafeSlow(1024 * 1024)

function room(length: number): Buffer {
  if (plain.length < length) plain = Buffer.allocUnsafeSlow(length)
  return plain
}

const comparer = createFileComparer(index, metadata, {
  room,
  isStopped,
  onVerified: (bytes) => count(tally, bytesVerified, bytes),
})
let folders: readonly Uint8Array[] = []
let files: EntryReader | undefined

function beginSet({ folders: paths, files: list, states }: SetBegin): void {
  folders = paths
  files = entryListOver(list)
  writer.begin(paths, files, fileStatesOver(states))
}

function writePack({ bytes, offset: start, entries, files: of, positions }: PackJob): PackDone {
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
      count(tally, bytesWritten, writer.write(of[row] ?? 0, positions[row] ?? 0, decoded))
    } else damaged.push(row)
  }
  return { problems: writer.takeProblems(), damaged }
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

function finish({ files: numbers }: FinishJob): readonly Problem[] {
  for (const file of numbers) if (!isStopped()) writer.finishEmpty(file)
  return writer.takeProblems()
}

/** A file that cannot be read is as good as none: another one takes its place, and verified it is not. */
function compare(job: CompareJob): Compared | undefined {
  if (!files) return undefined
  try {
    const folder = tree.folder(folders[files.folderOf(job.file)] ?? new Uint8Array(0))
    return comparer.compare(folder, files.read(job.file), job)
  } catch (error) {
    if (systemCode(error) === undefined && !isCode(error, 'target/refused')) throw error
    return { blobs: new Uint8Array(0), isWhole: false, isWritable: false, unreadable: reasonOf(error) }
  }
}

serveJobs<RestoreJobs, SetBegin>(parentPort, {
  jobs: { pack: writePack, finish, compare },
  hear: beginSet,
  end() {
    writer.close()
    tree.close()
  },
})
