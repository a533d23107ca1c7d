import { parentPort, workerData } from 'node:worker_threads'

import { count, isCode, reasonOf, serveJobs, stopTest, systemCode } from '../../base/index.ts'
import { openSystemCalls } from '../../file-system/index.ts'
import {
  attachBlobIndex,
  createBlobReader,
  ID_BYTES,
  joinWaitingThreads,
  SEAL_OVERHEAD,
  type WaitingBell,
} from '../../repository/index.ts'
import { createAlignedMemory, createMetadataWriter, DIRECT_BLOCK, openTargetTree } from '../../target/index.ts'
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
import { type RunWritten, writeRuns } from './write-runs.ts'

if (!parentPort) throw new Error('restore-worker is started as a worker thread')
const waiting = joinWaitingThreads(parentPort, workerData as WaitingBell, (memory) =>
  openSystemCalls()?.useLargePages(memory),
)
const data = waiting.awaitBegin() as RestoreWorkerData
const index = attachBlobIndex(data.index)
const reader = createBlobReader(data.masterKey, data.index)
const tree = openTargetTree(data.target)
const calls = openSystemCalls()
const metadata = createMetadataWriter(calls)
/** Bytes. With less the disk would wait for the next piece, and more takes more memory in every thread. */
const DIRECT_MEMORY = 16 * 1024 * 1024

const tally = TALLY.row(data.tally, data.worker)
const { bytesWritten, filesFinished, bytesVerified } = TALLY.at
const writer = createFileWriter(tree, index, calls, metadata, {
  sparse: data.sparse,
  naming: data.naming,
  partMark: data.partMark,
  memory: createAlignedMemory(DIRECT_MEMORY, DIRECT_BLOCK),
  onFinished: () => count(tally, filesFinished),
})
const isStopped = stopTest(data.stopped)

/** Blobs are decoded here, one after another; the longest that restic cuts has 8 MiB. */
let plain = Buffer.allocUnsafeSlow(1024 * 1024)
const idOfBlob = Buffer.alloc(ID_BYTES)

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

async function writePack(job: PackJob): Promise<PackDone> {
  const damaged = await writeRuns(job, writeBlob, isStopped)
  return { problems: writer.takeProblems(), damaged }
}

/** Writes the blob of these rows to all of their files. The first may have it later. */
function writeBlob(
  { bytes, offset: start, entries, files: of, positions }: PackJob,
  first: number,
  end: number,
): RunWritten {
  const entry = entries[first] ?? 0
  const { offset, length, uncompressedLength } = index.locate(entry)
  const sealed = Buffer.from(bytes).subarray(offset - start, offset - start + length)
  const plainBytes = uncompressedLength || Math.max(0, length - SEAL_OVERHEAD)
  const [file = 0, position = 0] = [of[first], positions[first]]
  const direct = writer.directRoom(file, position, plainBytes)
  const decoded = decode(sealed, uncompressedLength, index.idOf(entry, idOfBlob), direct ?? room(plainBytes))
  if (!decoded) {
    if (direct) writer.freeRoom(direct)
    return 'damaged'
  }
  const isHole = writer.isHole(decoded)
  for (let row = direct ? first + 1 : first; row < end && !isStopped(); row++)
    count(tally, bytesWritten, writer.write(of[row] ?? 0, positions[row] ?? 0, decoded, isHole))
  return (
    direct && writer.writeDirect(file, position, direct, isHole).then((written) => count(tally, bytesWritten, written))
  )
}

/** Undefined where the blob is damaged. */
function decode(sealed: Buffer, uncompressedLength: number, id: Buffer, into: Buffer): Buffer | undefined {
  try {
    return reader.read({ uncompressedLength }, sealed, id, into)
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

serveJobs<RestoreJobs, SetBegin, readonly Problem[]>(parentPort, {
  jobs: { pack: writePack, finish, compare },
  hear: beginSet,
  end() {
    writer.close()
    tree.close()
    return writer.takeProblems()
  },
})
