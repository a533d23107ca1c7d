import type { Repository } from '../../../../core/repository/index.ts'
import { encodeIndex, type IndexedPack } from '../../../../core/repository/index/index-writer.ts'
import { readHeaderEntries } from '../../../../core/repository/pack/header.ts'
import { createPackBuilder } from '../../../../core/repository/pack/pack-builder.ts'
import { sha256 } from '../../../../core/repository/sha256.ts'

/** Stores a pack of these data blobs, as they are. */
export async function storePack(
  repository: Repository,
  bodies: readonly Buffer[],
): Promise<IndexedPack & { name: string }> {
  const builder = createPackBuilder(repository.sealer)
  const buffer = Buffer.alloc(bodies.reduce((sum, body) => sum + body.length + 100, 1000))
  builder.start(buffer)
  for (const body of bodies) builder.add('data', sha256(body), body, 0)
  const size = builder.size
  const { id, length, header } = builder.finish()
  const name = id.toString('hex')
  await repository.storage.save({ kind: 'pack', name }, buffer.subarray(0, length))
  return { id, name, blobs: [...readHeaderEntries(header, size)] }
}

export function storeIndex(repository: Repository, packs: readonly IndexedPack[], supersedes: readonly string[] = []) {
  return repository.saveDocument('index', encodeIndex({ packs, supersedes }))
}
