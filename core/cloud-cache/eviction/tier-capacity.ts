import { statfs } from 'node:fs/promises'

import type { OpenedCache } from '../cache-folder.ts'

/** Bytes that the local tier may hold: as somebody has said, or else what its disk has beside what others keep there. */
export async function tierCapacity(
  { folder, capacity }: { readonly folder: string; readonly capacity?: number | undefined },
  { journal }: Pick<OpenedCache, 'journal'>,
): Promise<number> {
  if (capacity !== undefined) return capacity
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize + journal.files.localBytes()
}
