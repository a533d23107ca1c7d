import { open, stat } from 'node:fs/promises'

import { type Chance, CoreError } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { type BlobIndex, ID_BYTES, plainLength, type Repository } from '../../repository/index.ts'
import type { RunContext } from '../process/run-context.ts'
import { countedProgress } from './counted-progress.ts'
import type { Drawn, DrawnLarge } from './draw-sample.ts'

/** So much of a large file is read: bytes, and at least one blob. */
const PIECE = 32 * 1024 * 1024

export interface PiecesVerified {
  readonly bytes: number
  /** How many files have the same bytes there, or others, as their source has. */
  readonly compared: number
  readonly differing: number
  readonly lost: number
}

/**
 * Reads a piece of each large file, from a place that chance draws, and compares it as whole files are: each blob with the
 * hash that the recovery point has of it, and with the source where that is unchanged.
 */
export async function verifyPieces(
  repository: Repository,
  index: BlobIndex,
  files: readonly DrawnLarge[],
  chance: Chance,
  context: RunContext,
): Promise<PiecesVerified> {
  const { signal, missed } = context
  const tell = countedProgress(context, 'pieces', files.length)
  let [bytes, compared, differing, lost] = [0, 0, 0, 0]
  for (const [done, file] of files.entries()) {
    tell(done)
    try {
      const found = await verifyPiece(repository, index, file, chance, signal)
      bytes += found.bytes
      if (found.isSame === undefined) continue
      compared++
      if (found.isSame) continue
      differing++
      missed({ path: printable(file.path), kind: 'differs', reason: 'what was read is not what the source has' })
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof CoreError) || !error.code.startsWith('repository/')) throw error
      lost++
      missed({ path: printable(file.path), kind: 'not-restored', reason: error.message })
    }
  }
  tell(files.length)
  return { bytes, compared, differing, lost }
}

/** `isSame` is undefined where the source has changed, or cannot be read. */
async function verifyPiece(
  repository: Repository,
  index: BlobIndex,
  file: DrawnLarge,
  chance: Chance,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly isSame: boolean | undefined }> {
  const blobs = file.content.length / ID_BYTES
  const id = (blob: number): Buffer => file.content.subarray(blob * ID_BYTES, (blob + 1) * ID_BYTES)
  const first = Math.min(blobs - 1, Math.floor(chance.fraction() * blobs))
  let at = 0
  for (let blob = 0; blob < first; blob++) at += lengthOf(index, id(blob), file)
  await using source = (await isUnchanged(file)) ? await open(file.path).catch(() => undefined) : undefined
  let bytes = 0
  let isSame: boolean | undefined = source && true
  for (let blob = first; blob < blobs && (blob === first || bytes < PIECE); blob++) {
    const plain = await repository.loadBlob(index, 'data', id(blob), { signal })
    if (source && isSame === true) isSame = await hasBytes(source, plain, at + bytes)
    bytes += plain.length
  }
  return { bytes, isSame }
}

function lengthOf(index: BlobIndex, id: Buffer, { path }: Drawn): number {
  const entry = index.find('data', id)
  if (entry >= 0) return plainLength(index.locate(entry))
  throw new CoreError('repository/not-in-repository', `A part of ${printable(path)} is in no index.`, {
    safety: 'This file cannot be restored whole; all else can.',
    remedy: 'Check the vault with all of its data: it says what else is missing.',
  })
}

/** Undefined where it cannot be read. */
async function hasBytes(
  source: { read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> },
  plain: Buffer,
  position: number,
): Promise<boolean | undefined> {
  const found = Buffer.alloc(plain.length)
  try {
    const { bytesRead } = await source.read(found, 0, plain.length, position)
    return bytesRead === plain.length && found.equals(plain)
  } catch {
    return undefined
  }
}

/** Whether the source has the file as it was backed up, by its size and time. */
export async function isUnchanged({ path, size, mtime }: Drawn): Promise<boolean> {
  try {
    const found = await stat(path, { bigint: true })
    return found.isFile() && found.size === size && found.mtimeNs === mtime
  } catch {
    return false
  }
}
