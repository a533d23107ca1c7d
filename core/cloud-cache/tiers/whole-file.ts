import { createHash } from 'node:crypto'

import { type Abortable, isCode } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import { blockSums } from './block-sums.ts'
import { badContent } from './refusal.ts'

/** A file as it was saved, and the sums of its blocks. */
export interface WholeFile {
  readonly body: Uint8Array
  readonly sums: Uint8Array
}

/**
 * Reads a whole file from a tier. Throws `storage/damaged` unless it is what its name promises; `config`, whose name
 * promises nothing, must have the sums that are known, if any are.
 */
export async function loadWholeFile(
  tier: Storage,
  file: Pick<CachedFile, 'kind' | 'name' | 'size'>,
  known: Uint8Array | undefined,
  { signal }: Abortable,
): Promise<WholeFile> {
  const handle: Handle = { kind: file.kind, name: file.name }
  const body = await tier.load(handle, { signal })
  signal?.throwIfAborted()
  const bad = (what: string): Error => badContent(handle, tier.location, what)
  if (body.byteLength !== file.size) throw bad(`it has ${body.byteLength} bytes instead of ${file.size}`)
  const sums = blockSums(body)
  if (file.kind !== 'config') {
    const digest = createHash('sha256').update(body).digest('hex')
    if (digest !== file.name) throw bad(`its SHA-256 is ${digest}`)
  } else if (known && Buffer.compare(known, sums) !== 0) {
    throw bad('it has other sums than when it was saved')
  }
  return { body, sums }
}

/** Stores a file in the local tier in place of whatever is there. */
export async function replaceLocal(
  local: Storage,
  handle: Handle,
  body: Uint8Array,
  options: Abortable,
): Promise<void> {
  // No storage replaces a config.
  if (handle.kind === 'config') await removeIfThere(local, handle, options)
  await local.save(handle, body, options)
}

export async function removeIfThere(tier: Storage, handle: Handle, options: Abortable = {}): Promise<void> {
  try {
    await tier.remove(handle, options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
  }
}

export async function hasConfig(tier: Storage, options: Abortable): Promise<boolean> {
  try {
    await tier.stat({ kind: 'config', name: '' }, options)
    return true
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
    return false
  }
}

/** Whether the tier itself is there, so that a file missing in it is really missing. */
export async function isThere(tier: Storage, options: Abortable): Promise<boolean> {
  try {
    if (await hasConfig(tier, options)) return true
    // Where the config alone was lost the others can be listed all the same.
    await tier.list('key', options)[Symbol.asyncIterator]().next()
    return true
  } catch {
    options.signal?.throwIfAborted()
    return false
  }
}
