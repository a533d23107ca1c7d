import { parentPort, workerData } from 'node:worker_threads'

import { createSayer, serveJobs } from '../../base/index.ts'
import { openSystemCalls } from '../../file-system/index.ts'
import {
  createBell,
  createBlobWriter,
  ID_BYTES,
  joinWaitingThreads,
  sha256,
  type WaitingBell,
} from '../../repository/index.ts'
import { blockLength, blockLengthInDisk } from '../../snapshot/index.ts'
import { isZeros, readBlock, reopenImageSource } from '../../source/index.ts'
import type { ImageJobs, ImageWorkerData, ImageWorkerLast } from './image-messages.ts'

if (!parentPort) throw new Error('image-worker is started as a worker thread')
const port = parentPort
const waiting = joinWaitingThreads(port, workerData as WaitingBell, (memory) =>
  openSystemCalls()?.useLargePages(memory),
)
const { pipeline, path, descriptor, layout } = waiting.awaitBegin() as ImageWorkerData
const bell = createBell(new Int32Array(pipeline.control))
const blobs = createBlobWriter(pipeline, bell, createSayer(port))
const source = reopenImageSource(descriptor)
/** Read into again and again. */
const memory = Buffer.allocUnsafeSlow(layout.blockBytes)
let zeroBlock: Buffer | undefined

function storeBlock(block: number, id: Buffer): void {
  const plain = memory.subarray(0, blockLength(layout, block))
  const inDisk = blockLengthInDisk(layout, block)
  readBlock(path, source.descriptor, plain.subarray(0, inDisk), block * layout.blockBytes)
  // Up to a whole sector.
  plain.fill(0, inDisk)
  const isZeroBlock = plain.length === memory.length && isZeros(plain)
  if (isZeroBlock && zeroBlock) {
    id.set(zeroBlock)
    return
  }
  blobs.save('data', plain, id)
  if (isZeroBlock) zeroBlock = Buffer.from(id)
}

serveJobs<ImageJobs, never, ImageWorkerLast>(port, {
  jobs: {
    blocks({ blocks }) {
      const ids = Buffer.alloc(blocks.length * ID_BYTES)
      for (const [at, block] of blocks.entries()) {
        bell.throwIfStopped()
        storeBlock(block, ids.subarray(at * ID_BYTES, (at + 1) * ID_BYTES))
      }
      return ids
    },
    save({ type, plain }) {
      const id = sha256(plain)
      blobs.save(type, plain, id)
      return id
    },
  },
  end() {
    source.close()
    if (!bell.isStopped) blobs.flush()
    return blobs.counts
  },
})
