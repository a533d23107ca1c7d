import { type Abortable, isCode } from '../../base/index.ts'
import type { FileKind, Handle, Storage } from '../../storage/index.ts'

/**
 * When the storage took the newest of these files, by its own clock: milliseconds since the epoch. The newest lock of somebody
 * who holds one is his or a younger one: minutes ago at the most. Undefined where there is none.
 *
 * The lock of a folder on this computer has the time of the very clock that is in doubt. That it is behind is told by the
 * index files, too, which were written before it was: each is looked at, so they are asked only where that matters.
 */
export async function storageTime(
  storage: Storage,
  kinds: readonly FileKind[],
  options: Abortable,
): Promise<number | undefined> {
  let newest: number | undefined
  for (const kind of kinds) {
    for await (const { name } of storage.list(kind, options)) {
      const stored = await storedAt(storage, { kind, name }, options)
      if (stored !== undefined && (newest === undefined || stored > newest)) newest = stored
    }
  }
  return newest
}

/** Undefined, too, where it was removed since it was listed: others release their locks. */
async function storedAt(storage: Storage, handle: Handle, options: Abortable): Promise<number | undefined> {
  try {
    return (await storage.stat(handle, options)).stored
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return undefined
    throw error
  }
}
