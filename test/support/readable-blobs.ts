import { CoreError } from '../../core/base/index.ts'
import type { Repository } from '../../core/repository/index.ts'

/** The ids of all blobs that are listed and can be read, with their types. */
export async function readableBlobs(repository: Repository): Promise<ReadonlySet<string>> {
  const index = await repository.loadIndex({ purpose: 'refer' })
  const readable = new Set<string>()
  for (let entry = 0; entry < index.count; entry++) {
    const { type } = index.locate(entry)
    try {
      await repository.loadBlob(index, type, index.idOf(entry))
      readable.add(`${type} ${index.idOf(entry).toString('hex')}`)
    } catch (error) {
      if (!(error instanceof CoreError) || error.code !== 'repository/damaged') throw error
    }
  }
  return readable
}
