import { type Abortable, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'

/**
 * Whether the cloud has a file that somebody began to send. An object is there whole or not at all, and a name is the
 * SHA-256 of what it names; only a config has to be compared.
 */
export async function hasCopy(
  cloud: Storage,
  local: Storage,
  { kind, name, size }: CachedFile,
  { signal }: Abortable,
): Promise<boolean> {
  try {
    if (kind !== 'config') return (await cloud.stat({ kind, name }, { signal })).size === size
    const there = await cloud.load({ kind, name }, { signal, mostBytes: size })
    return Buffer.compare(there, await local.load({ kind, name }, { signal })) === 0
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return false
    throw error
  }
}
