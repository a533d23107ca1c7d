import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import { assertReachable, type Handle, type Storage } from '../../storage/index.ts'

export interface RemoveFilesOptions extends Abortable {
  readonly onRemoved?: ((name: string) => void) | undefined
  /** Called for one that cannot be removed; it stays as it is. The others go all the same. */
  readonly onFailed: (name: string, error: CoreError) => void
}

/**
 * Removes files, as many at once as serve the storage best. One that is gone already is as good as removed. Rejects when
 * the storage as a whole is gone.
 */
export async function removeFiles(
  storage: Storage,
  kind: Handle['kind'],
  names: Iterable<string>,
  { onRemoved, onFailed, signal }: RemoveFilesOptions,
): Promise<void> {
  const left = names[Symbol.iterator]()

  async function remove(name: string): Promise<void> {
    signal?.throwIfAborted()
    try {
      await storage.remove({ kind, name }, { signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!isCode(error, 'storage/not-found')) {
        if (!(error instanceof CoreError) || !error.code.startsWith('storage/')) throw error
        await assertReachable(storage, error, { signal })
        onFailed(name, error)
        return
      }
    }
    onRemoved?.(name)
  }

  async function remover(): Promise<void> {
    for (let next = left.next(); !next.done; next = left.next()) await remove(next.value)
  }

  const ends = await Promise.allSettled(Array.from({ length: storage.connections }, remover))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}
