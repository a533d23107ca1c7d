import { createHash } from 'node:crypto'

import type { Abortable } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import { areSumsOf, firstBadBlock } from '../tiers/block-sums.ts'
import { badContent } from '../tiers/refusal.ts'

interface ReadOptions extends Abortable {
  /** Of its blocks, as it was saved; undefined: nobody knows them. */
  readonly sums: Uint8Array | undefined
  /** At least as long as the file. */
  readonly into: Uint8Array
}

/**
 * Reads the local copy of a file. Throws `storage/damaged` unless it is what was saved, by its sums. Where nobody knows them
 * its name tells, which for a config promises nothing.
 */
export async function readToSend(
  local: Storage,
  { kind, name, size }: CachedFile,
  { sums, into, signal }: ReadOptions,
): Promise<Uint8Array> {
  const handle = { kind, name }
  const body = await local.load(handle, { length: size, into, signal })
  signal?.throwIfAborted()
  if (sums !== undefined && areSumsOf(sums, size)) {
    const bad = firstBadBlock(body, 0, sums)
    if (bad !== undefined)
      throw badContent(handle, local.location, `the block at ${bad} has another sum than when saved`)
  } else if (kind !== 'config') {
    const digest = createHash('sha256').update(body).digest('hex')
    if (digest !== name) throw badContent(handle, local.location, `its SHA-256 is ${digest}`)
  }
  return body
}
