import { type Abortable, type Clock, CoreError } from '../../base/index.ts'
import { compileKernel } from '../chunker/kernel.ts'
import { parsePolynomial } from '../chunker/polynomial.ts'
import type { CompressionLevel } from '../compression/zstd.ts'
import type { BlobIndex } from '../index/blob-index.ts'
import { packBytesFor } from '../pack/pack-builder.ts'
import type { Repository } from '../repository.ts'
import { type Bell, createBell } from './bell.ts'
import { memoryPages } from './content-writer.ts'
import { createPackReceiver, type PackReceiver } from './pack-receiver.ts'
import { createPackSlots } from './pack-slots.ts'
import { CHUNKS_A_WINDOW, controlBytes, type SharedPipeline, WINDOWS_A_WORKER } from './shared-pipeline.ts'

export interface PipelineOptions extends Abortable {
  readonly workers: number
  readonly level?: CompressionLevel | undefined
  /** Bytes that a pack should reach. 4 to 128 MiB. Default: 16 MiB. */
  readonly packBytes?: number | undefined
  readonly clock?: Clock | undefined
}

/** Everything between worker threads that bring content and a repository that keeps it. The caller owns the threads. */
export interface Pipeline {
  /** For `workerData`. */
  readonly shared: SharedPipeline
  readonly bell: Bell
  readonly packs: PackReceiver
}

const MIB = 1024 * 1024
const DEFAULT_PACK_BYTES = 16 * MIB
const FEWEST_PACK_BYTES = 4 * MIB
const MOST_PACK_BYTES = 128 * MIB
/** The last blob may pass the target by its own length, and the header comes behind it. */
const PACK_SLACK = 8 * MIB + 512 * 1024

/** FORMAT.md, "Sizes": a tree. Addresses are reserved, not memory. */
const LARGEST_BLOB = 2 ** 31 - 1

/**
 * Opens a pipeline into a repository. Throws `repository/unsupported` for format 1, which is never written,
 * `repository/damaged` for a polynomial that content cannot be cut with, and `input/invalid` for a wrong pack size.
 */
export function openPipeline(
  repository: Repository,
  index: BlobIndex,
  onFailure: (error: unknown) => void,
  { workers, level = 'default', packBytes = DEFAULT_PACK_BYTES, clock, signal }: PipelineOptions,
): Pipeline {
  if (repository.config.version < 2) {
    throw new CoreError('repository/unsupported', `The repository at ${repository.storage.location} has format 1.`, {
      safety: 'Stored data is safe and can be restored; nothing was changed.',
      remedy: 'Upgrade it once with `restic migrate upgrade_repo_v2`, then back up again.',
    })
  }
  if (!(packBytes >= FEWEST_PACK_BYTES && packBytes <= MOST_PACK_BYTES && Number.isInteger(packBytes))) {
    throw new CoreError('input/invalid', `Packs of ${packBytes} bytes cannot be made.`, {
      safety: 'Nothing was changed.',
      remedy: 'Choose a pack size from 4 to 128 MiB.',
    })
  }
  parsePolynomial(repository.config.chunkerPolynomial)
  // Each worker fills one pack of data and one of trees; two more are being stored meanwhile.
  const slotCount = workers * 2 + 2
  const pages = memoryPages(workers)
  const shared: SharedPipeline = {
    masterKey: repository.masterKey,
    index: index.shared,
    level,
    chunkerPolynomial: repository.config.chunkerPolynomial,
    chunkerModule: compileKernel(),
    packBytes,
    workers,
    control: new SharedArrayBuffer(controlBytes(workers, slotCount + 1)),
    packSlots: Array.from({ length: slotCount }, () => new SharedArrayBuffer(packBytes + PACK_SLACK)),
    largeSlot: new SharedArrayBuffer(0, { maxByteLength: packBytesFor(LARGEST_BLOB) }),
    memory: new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }),
    chunkIds: new SharedArrayBuffer(workers * WINDOWS_A_WORKER * CHUNKS_A_WINDOW * 32),
  }
  const bell = createBell(new Int32Array(shared.control))
  const packs = createPackReceiver(repository, createPackSlots(shared, bell), onFailure, { signal, clock })
  return { shared, bell, packs }
}
