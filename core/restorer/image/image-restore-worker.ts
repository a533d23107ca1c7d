import { writeSync } from 'node:fs'
import { constants } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'

import { isCode, serveJobs, stopTest } from '../../base/index.ts'
import { openSystemCalls } from '../../file-system/index.ts'
import {
  attachBlobIndex,
  createBlobReader,
  ID_BYTES,
  joinWaitingThreads,
  plainLength,
  sha256,
  type WaitingBell,
} from '../../repository/index.ts'
import { blockLength, blockLengthInDisk } from '../../snapshot/index.ts'
import {
  createAlignedMemory,
  DIRECT_BLOCK,
  type MediumReader,
  openDirect,
  openMediumReader,
} from '../../target/index.ts'
import type { PackJob } from '../messages.ts'
import { type RunWritten, writeRuns } from '../worker/write-runs.ts'
import type { ImageRestoreJobs, ImageRestoreWorkerData } from './image-messages.ts'

if (!parentPort) throw new Error('image-restore-worker is started as a worker thread')
const waiting = joinWaitingThreads(parentPort, workerData as WaitingBell, (memory) =>
  openSystemCalls()?.useLargePages(memory),
)
const data = waiting.awaitBegin() as ImageRestoreWorkerData
const { layout, descriptor } = data
const index = attachBlobIndex(data.index)
const reader = createBlobReader(data.masterKey, data.index)
const calls = openSystemCalls()
const isStopped = stopTest(data.stopped)
/** Bytes that may wait for the disk. With less it would wait for the next block. */
const DIRECT_MEMORY = 16 * 1024 * 1024
/** Past the page cache, as for large files (core/DESIGN.md, decision 19). Not for devices, whose zeros go through it. */
const direct = data.isDevice ? undefined : openDirect(descriptor)
const memory = direct && createAlignedMemory(DIRECT_MEMORY, DIRECT_BLOCK)
/** Blocks are decoded here, one after another. */
const plain = Buffer.allocUnsafeSlow(layout.blockBytes)
const id = Buffer.alloc(ID_BYTES)
const { ENXIO } = constants.errno
/** For whoever wants everything read again. */
let medium: MediumReader | undefined
/** The id of a block of them. */
let zeros: Buffer | undefined

/** Writes the block of these rows to all of their places. The first may have it later. */
function writeRows({ bytes, offset, entries, files, positions }: PackJob, first: number, end: number): RunWritten {
  const placeOf = (row: number): number => (files[row] ?? 0) * layout.extentBytes + (positions[row] ?? 0)
  const entry = entries[first] ?? 0
  const room = isLast(placeOf(first)) ? undefined : direct && memory?.take(layout.blockBytes, 0)
  const decoded = decode(bytes, offset, entry, room ?? plain)
  if (!decoded && room) memory?.free(room)
  if (!decoded) return 'damaged'
  for (let row = room ? first + 1 : first; row < end; row++) writeBlock(decoded, placeOf(row))
  return room && direct?.write(decoded, placeOf(first)).finally(() => memory?.free(room))
}

/** The last block may be shorter than the others. */
function isLast(position: number): boolean {
  return position + layout.blockBytes > layout.bytes
}

/** Undefined where it is damaged. */
function decode(bytes: SharedArrayBuffer, start: number, entry: number, into: Buffer): Buffer | undefined {
  const location = index.locate(entry)
  const { offset, length } = location
  // Of another copy an index may say what it likes.
  if (plainLength(location) > plain.length) return undefined
  const sealed = Buffer.from(bytes).subarray(offset - start, offset - start + length)
  try {
    return reader.read(location, sealed, index.idOf(entry, id), into.subarray(0, plainLength(location)))
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return undefined
    throw error
  }
}

/** What fills the last sector is not of the disk. */
function writeBlock(block: Buffer, position: number): void {
  const length = Math.min(block.length, layout.bytes - position)
  for (let at = 0; at < length;) at += writeSync(descriptor, block, at, length - at, position + at)
}

function writeZeros(offset: number, length: number): void {
  // fallocate(2): the range reads as zeros from then on. A device that cannot do that says so.
  if (calls && calls.punchHole(descriptor, offset, length) === 0) return
  plain.fill(0)
  for (let at = 0; at < length && !isStopped();)
    at += writeSync(descriptor, plain, 0, Math.min(plain.length, length - at), offset + at)
}

/** Whether the target has a hole there, which need not be read. */
function isHole(position: number, length: number): boolean {
  const next = calls?.seekData(descriptor, position) ?? position
  return next === -ENXIO || next >= position + length
}

function isAsStored(block: number, wanted: Uint8Array): boolean {
  const target = plain.subarray(0, blockLength(layout, block))
  const inDisk = blockLengthInDisk(layout, block)
  if (target.length === plain.length && isHole(block * layout.blockBytes, inDisk)) {
    zeros ??= sha256(Buffer.alloc(plain.length))
    return zeros.equals(wanted)
  }
  target.fill(0, inDisk)
  medium ??= openMediumReader(descriptor, layout.blockBytes)
  const there = medium.read(inDisk, block * layout.blockBytes)
  if (there.length < inDisk) return false
  target.set(there)
  return sha256(target).equals(wanted)
}

serveJobs<ImageRestoreJobs>(parentPort, {
  jobs: {
    pack: (job) => writeRuns(job, writeRows, isStopped),
    zeros: ({ offset, length }) => writeZeros(offset, length),
    verify({ blocks, ids }) {
      const others = [...blocks].filter(
        (block, at) => !isStopped() && !isAsStored(block, ids.subarray(at * ID_BYTES, (at + 1) * ID_BYTES)),
      )
      return { others, isPastCache: medium?.isPastCache ?? true }
    },
  },
  end() {
    direct?.close()
    medium?.close()
  },
})
