import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import { CoreError } from '../../base/index.ts'
import { openCompressor, openDecompressor, type ZstdContext } from './zstd-handle.ts'

/** How hard to compress. `off` stores everything as it is, except what format 2 always compresses (trees, indexes). */
export type CompressionLevel = 'off' | 'fastest' | 'default' | 'better'

const { ZSTD_c_compressionLevel: LEVEL, ZSTD_c_hashLog: HASH_LOG } = constants

/**
 * Measured on blobs of 1.5 MiB against restic 0.14's `auto`: `default` stores 1.00 to 1.02 times as much, at nearly
 * zstd's fastest. A larger hash table than level 1 has finds what restic's encoder finds.
 */
const PARAMETERS: Record<Exclude<CompressionLevel, 'off'>, Record<number, number>> = {
  fastest: { [LEVEL]: 1, [HASH_LOG]: 13 },
  default: { [LEVEL]: 1, [HASH_LOG]: 15 },
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
  /** Writes what `frame` holds to the start of `target`, which must take `length` bytes exactly: else `repository/damaged`. */
  decompress(frame: Uint8Array, target: Buffer, length: number): void
}

export function createCompressor(level: Exclude<CompressionLevel, 'off'>): Compressor {
  const params = PARAMETERS[level]
  let context: ZstdContext | undefined = proved(() => openCompressor(params), compressesWell)
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

export function createDecompressor(): Decompressor {
  let context = proved(openDecompressor, decompressesWell)
  const relyOnIt = context !== undefined
  return {
    decompress(frame, target, length) {
      if (context) {
        if (context.run(frame, target, 0, length) === length) return
        // A context that met bad input may keep a part of it.
        context = relyOnIt ? openDecompressor() : undefined
        throw damaged(length)
      }
      const plain = decompressFrame(frame, length)
      if (plain.length !== length) throw damaged(length)
      target.set(plain)
    },
  }
}

/** Decompresses a frame whose length is not known. Throws `repository/damaged` for anything that is not one, or too long. */
export function decompressFrame(frame: Uint8Array, mostBytes: number): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(1, mostBytes) })
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
