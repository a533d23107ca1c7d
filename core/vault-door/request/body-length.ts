import type { IncomingHttpHeaders } from 'node:http'

import type { FileKind } from '../../storage/index.ts'
import { Refusal } from '../answer/refusal.ts'

const KIB = 1024
const MIB = 1024 * KIB

/**
 * The longest files that are taken. All but packs: as `core/repository` reads them at most. A pack: what restic aims at most
 * at (128 MiB), with the blob that goes beyond it (8 MiB), and the longest header that restic reads (16 MiB).
 */
const LONGEST: Readonly<Record<FileKind, number>> = {
  config: 64 * KIB,
  key: 64 * KIB,
  lock: 64 * KIB,
  snapshot: 64 * MIB,
  index: 128 * MIB,
  pack: 152 * MIB,
}
export const LONGEST_BODY = LONGEST.pack

/** How long the body of an upload is. Throws a `Refusal` where that is not told, or is too much. */
export function bodyLength(headers: IncomingHttpHeaders, kind: FileKind): number {
  const told = headers['content-length']
  if (told === undefined || headers['content-encoding'] !== undefined) throw notTold()
  const length = Number(told)
  if (length <= LONGEST[kind]) return length
  throw new Refusal('storage/too-large', `No ${kind} file has more than ${LONGEST[kind]} bytes`, {
    status: 413,
    safety: 'Nothing was stored.',
    remedy: 'Use a smaller --pack-size: 128 at most.',
  })
}

function notTold(): Refusal {
  return new Refusal('input/invalid', 'An upload has to say how long it is', {
    status: 411,
    safety: 'Nothing was stored.',
    remedy: 'Send it with Content-Length, and as it is. A proxy between may have taken that away.',
  })
}
