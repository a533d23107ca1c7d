import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../base/index.ts'
import type { FileKind, Storage } from '../storage/index.ts'
import { compressFrame, decompressFrame } from './compression/zstd.ts'
import { SEAL_OVERHEAD, type Sealer } from './crypto/seal.ts'
import { damagedFile, loadWhole } from './whole-file.ts'

/** Kinds of files that hold one sealed JSON document: `config` has no name of its own, the others are named by content. */
export type UnpackedKind = Exclude<FileKind, 'pack' | 'key'>

/** What documents begin with: a compressed one with 2, others with `{` or `[` (restic design.rst, "Unpacked Data"). */
const COMPRESSED = 0x02
const OBJECT = 0x7b
const LIST = 0x5b

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
    return openPlain(plain, kind)
  } catch (error) {
    if (!isCode(error, 'repository/damaged')) throw error
    throw damagedFile(kind, name, error.message, error)
  }
}

/**
 * Nothing else is a document, though JSON may begin with white space: everything is sealed by the same key, and a blob that
 * is stored as it is could be cut out of its pack and be put here by who has no key. Whoever stores blobs takes care that
 * none of those begins as a document does (`pipeline/blob-body.ts`).
 */
function openPlain(plain: Buffer, kind: UnpackedKind): Buffer {
  const [first] = plain
  if (first === OBJECT || first === LIST) return plain
  if (first === COMPRESSED && kind !== 'config') return decompressFrame(plain.subarray(1), MOST_PLAIN_BYTES[kind])
  throw new CoreError(
    'repository/damaged',
    'it begins as no document does, so somebody without the key may have put it there',
  )
}
