import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { CoreError } from '../../base/index.ts'
import { isOneFrame, wholeFrameLength } from './frame.ts'
import { openCompressor, openDecompressor, type ZstdContext } from './zstd-handle.ts'

/** How hard to compress. `off` stores everything as it is, except what format 2 always compresses (trees, indexes). */
export type CompressionLevel = 'off' | 'fastest' | 'default' | 'better'

const { ZSTD_c_compressionLevel: LEVEL, ZSTD_c_hashLog: HASH_LOG } = constants

/**
 * Measured against restic 0.14's `auto`: `default` stores 1.00 (logs) to 1.02 (sources and programs) times as much. One
 * level less would store 1.01 to 1.05 times as much and gain 7 to 19 % of the compressor's speed; one more stores 0.98
 * times as much and costs 20 %.
 */
const PARAMETERS: Record<Exclude<CompressionLevel, 'off'>, Record<number, number>> = {
  fastest: { [LEVEL]: 1, [HASH_LOG]: 13 },
  default: { [LEVEL]: 2 },
  better: { [LEVEL]: 6 },
}

/** Turns runs of bytes into zstd frames (RFC 8878), reusing one context. Belongs to one thread. */
export interface Compressor {
  /**
   * Writes `plain` as a frame into `target` at `offset`. Returns its length, or -1 where it would not be shorter than
   * `plain`: then nothing at `offset` is of use and the run is better stored as it is.
   */
  compress(plain: Uint8Array, target: Buffer, offset: number): number
}

export interface Decompressor {
  /**
   * Writes what `frame` holds to the start of `target`, which must take `length` bytes exactly. Throws `repository/damaged`
   * where it holds another number of them, or is not exactly one frame.
   */
  decompress(frame: Buffer, target: Buffer, length: number): void
}

/** How a thread's contexts are opened. Tests bring some that do not work. */
export interface ZstdOpeners {
  readonly compressor: (params: Record<number, number>) => ZstdContext
  readonly decompressor: () => ZstdContext
}

const NODE_INSIDE: ZstdOpeners = { compressor: openCompressor, decompressor: openDecompressor }

export function createCompressor(
  level: Exclude<CompressionLevel, 'off'>,
  { compressor }: ZstdOpeners = NODE_INSIDE,
): Compressor {
  const params = PARAMETERS[level]
  const context = proved(() => compressor(params), compressesWell)
  return {
    compress(plain, target, offset) {
      const room = Math.min(plain.length, target.length - offset)
      if (context) return context.run(plain, target, offset, room)
      const frame = zstdCompressSync(plain, { params, chunkSize: Math.max(64, plain.length) })
      if (frame.length >= room) return -1
      target.set(frame, offset)
      return frame.length
    },
  }
}

export function createDecompressor({ decompressor }: ZstdOpeners = NODE_INSIDE): Decompressor {
  const context = proved(decompressor, decompressesWell)
  return {
    decompress(frame, target, length) {
      // What restic and Holdfast write is a frame that tells its length. Others take the public call.
      const told = wholeFrameLength(frame)
      if (told >= 0 && told !== length) throw damaged(length)
      if (context && told >= 0) {
        if (context.run(frame, target, 0, length) !== length) throw damaged(length)
        return
      }
      const plain = decompressFrame(frame, length)
      if (plain.length !== length) throw damaged(length)
      target.set(plain)
    },
  }
}

/** Decompresses a frame whose length is not known. Throws `repository/damaged` for anything that is not exactly one, or too long. */
export function decompressFrame(frame: Buffer, mostBytes: number): Buffer {
  if (!isOneFrame(frame))
    throw new CoreError('repository/damaged', 'the compressed bytes are not exactly one zstd frame')
  const told = wholeFrameLength(frame)
  // In one piece where the frame tells how much that is: Node's pieces of 16 KiB cost more than the work.
  const chunkSize = told >= 0 && told <= mostBytes ? Math.max(64, told + 1) : 64 * 1024
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(1, mostBytes), chunkSize })
  } catch (error) {
    throw new CoreError('repository/damaged', 'the compressed bytes cannot be decompressed', { cause: error })
  }
}

/** Compresses one run with the public call, for the few files that are not blobs. */
export function compressFrame(plain: Uint8Array): Buffer {
  return zstdCompressSync(plain, { params: PARAMETERS.default })
}

function damaged(length: number): CoreError {
  return new CoreError('repository/damaged', `the compressed bytes do not decompress to the ${length} bytes expected`)
}

const PROBE = Buffer.from('every thread proves its context once. '.repeat(20))

/** Opens a context on Node's inner handle; undefined where this Node's inside is another. */
function proved(open: () => ZstdContext, works: (context: ZstdContext) => boolean): ZstdContext | undefined {
  try {
    const context = open()
    return works(context) && works(context) ? context : undefined
  } catch {
    return undefined
  }
}

function compressesWell(context: ZstdContext): boolean {
  const target = Buffer.alloc(PROBE.length)
  const length = context.run(PROBE, target, 0, target.length)
  return length > 0 && zstdDecompressSync(target.subarray(0, length)).equals(PROBE)
}

function decompressesWell(context: ZstdContext): boolean {
  const target = Buffer.alloc(PROBE.length)
  return context.run(zstdCompressSync(PROBE), target, 0, target.length) === PROBE.length && target.equals(PROBE)
}
