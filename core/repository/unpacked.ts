import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../base/index.ts'
import type { FileKind, Storage } from '../storage/index.ts'
import { compressFrame, decompressFrame } from './compression/zstd.ts'
import { SEAL_OVERHEAD, type Sealer } from './crypto/seal.ts'

/** Kinds of files that hold one sealed JSON document: `config` has no name of its own, the others are named by content. */
export type UnpackedKind = Exclude<FileKind, 'pack' | 'key'>

/** First byte of a compressed document; an uncompressed one begins with `{` or `[` (restic design.rst, "Unpacked Data"). */
const COMPRESSED = 2

/** A document that claims more is hostile: restic's own largest, an index, has 8 MiB. */
const MOST_PLAIN_BYTES = 512 * 1024 * 1024

/** Seals a document. Format 2 compresses all of them but the config. */
export function sealUnpacked(plain: Buffer, compress: boolean, sealer: Sealer): Buffer {
  const body = compress ? Buffer.concat([Buffer.of(COMPRESSED), compressFrame(plain)]) : plain
  const sealed = Buffer.alloc(body.length + SEAL_OVERHEAD)
  sealer.seal(body, sealed, 0)
  return sealed
}

/** Reads and opens a document, having checked that its name is its hash. Throws `repository/damaged`, naming the file. */
export async function loadUnpacked(
  storage: Storage,
  sealer: Sealer,
  kind: UnpackedKind,
  name: string,
  options: Abortable = {},
): Promise<Buffer> {
  const sealed = asBuffer(await storage.load({ kind, name }, options))
  const object = kind === 'config' ? 'config' : `${kind} ${name}`
  if (kind !== 'config' && hash('sha256', sealed, 'hex') !== name) {
    throw damaged(object, 'it does not have the content that its name promises')
  }
  try {
    const plain = Buffer.allocUnsafeSlow(Math.max(0, sealed.length - SEAL_OVERHEAD))
    sealer.open(sealed, plain)
    return plain[0] === COMPRESSED ? decompressFrame(plain.subarray(1), MOST_PLAIN_BYTES) : plain
  } catch (error) {
    if (!isCode(error, 'repository/damaged')) throw error
    throw damaged(object, error.message, error)
  }
}

function damaged(object: string, why: string, cause?: unknown): CoreError {
  return new CoreError('repository/damaged', `The file of ${object} is damaged: ${why}.`, {
    cause,
    safety: 'Nothing was changed, and all other files of the repository are as good as before.',
    remedy:
      'Run `holdfast repo check` to see what else is damaged, and restore this file from a copy of the repository.',
  })
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
