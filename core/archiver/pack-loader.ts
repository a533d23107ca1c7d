import { type Abortable, createLatestUsed } from '../base/index.ts'
import type { BlobIndex, Repository } from '../repository/index.ts'

/** Packs of the parent's trees that are kept for the next worker that asks: 16 MiB each, as a rule. */
const KEPT = 3

/** Reads whole packs into shared memory. What cannot be read is undefined: the worker then reads the files anew. */
export function createPackLoader(
  repository: Repository,
  index: BlobIndex,
  options: Abortable,
): (pack: number) => Promise<SharedArrayBuffer | undefined> {
  const kept = createLatestUsed<number, Promise<SharedArrayBuffer | undefined>>(KEPT)

  async function load(pack: number): Promise<SharedArrayBuffer | undefined> {
    const handle = { kind: 'pack', name: index.packs.idOf(pack).toString('hex') } as const
    const { size } = await repository.storage.stat(handle, options)
    const bytes = new SharedArrayBuffer(size)
    await repository.storage.load(handle, { ...options, into: new Uint8Array(bytes) })
    return bytes
  }

  return (pack) => kept.take(pack, () => load(pack))
}
