import { hash } from 'node:crypto'

import { type Abortable, isCode } from '../base/index.ts'
import type { FileKind, Storage } from '../storage/index.ts'
import { compressFrame, decompressFrame } from './compression/zstd.ts'
import { SEAL_OVERHEAD, type Sealer } from './crypto/seal.ts'
import { damagedFile, loadWhole } from './whole-file.ts'

/** Kinds of files that hold one sealed JSON document: `config` has no name of its own, the others are named by content. */
export type UnpackedKind = Exclude<FileKind, 'pack' | 'key'>

/** First byte of a compressed document; an uncompressed one begins with `{` or `[` (restic design.rst, "Unpacked Data"). */
const COMPRESSED = 2

/** A document that holds more is hostile, or a bomb (FORMAT.md, "Sizes"). */
const MOST_PLAIN_BYTES: Readonly<Record<UnpackedKind, number>> = {
  config: 64 * 1024,
  lock: 64 * 1024,
  snapshot: 64 * 1024 * 1024,
  index: 512 * 1024 * 1024,
}

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
  const sealed = await loadWhole(storage, kind, name, options)
  if (kind !== 'config' && hash('sha256', sealed, 'hex') !== name) {
    throw damagedFile(kind, name, 'it does not have the content that its name promises')
  }
  try {
    const plain = Buffer.allocUnsafeSlow(Math.max(0, sealed.length - SEAL_OVERHEAD))
    sealer.open(sealed, plain)
    return plain[0] === COMPRESSED ? decompressFrame(plain.subarray(1), MOST_PLAIN_BYTES[kind]) : plain
  } catch (error) {
    if (!isCode(error, 'repository/damaged')) throw error
    throw damagedFile(kind, name, error.message, error)
  }
}
