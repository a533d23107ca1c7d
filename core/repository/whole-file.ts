import { type Abortable, CoreError, isCode } from '../base/index.ts'
import type { FileKind, Storage } from '../storage/index.ts'

const KIB = 1024
const MIB = 1024 * KIB

/**
 * The largest files that are read whole, as they are stored. Whoever may write into the storage can leave a sparse file of
 * terabytes there; without the key that is all that hinders him (FORMAT.md, "Sizes").
 */
const LARGEST: Readonly<Record<Exclude<FileKind, 'pack'>, number>> = {
  // Some 155, 450 and 250 bytes.
  config: 64 * KIB,
  key: 64 * KIB,
  lock: 64 * KIB,
  // It names every target that was given: some 600,000 paths.
  snapshot: 64 * MIB,
  // restic and Holdfast stay below 8 MiB of plain text; restic before 0.9 did not.
  index: 128 * MIB,
}

/** Reads a whole file. Throws `repository/damaged` for one that is too large to be what it is said to be. */
export async function loadWhole(
  storage: Storage,
  kind: Exclude<FileKind, 'pack'>,
  name: string,
  options: Abortable = {},
): Promise<Buffer> {
  try {
    return asBuffer(await storage.load({ kind, name }, { ...options, mostBytes: LARGEST[kind] }))
  } catch (error) {
    if (!isCode(error, 'storage/too-large')) throw error
    throw damagedFile(
      kind,
      name,
      `it has ${error.context['size']} bytes, and none is larger than ${LARGEST[kind]}`,
      error,
    )
  }
}

export function damagedFile(kind: FileKind, name: string, why: string, cause?: unknown): CoreError {
  const object = kind === 'config' ? 'config' : `${kind} ${name}`
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
