import type { Dirent } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes lists of missed files (FS-18) that were written before `moment`, and what killed runs left of theirs. Links are
 * removed themselves, and never followed.
 */
export async function removeMissedLogs(folder: string, moment: number): Promise<void> {
  for (const set of await entriesOf(folder)) {
    if (!set.isDirectory()) continue
    for (const entry of await entriesOf(join(folder, set.name))) {
      const path = join(folder, set.name, entry.name)
      if (entry.isDirectory() || !entry.name.includes('MissedFiles')) continue
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }))
      if (mtimeMs < moment) await rm(path, { force: true })
    }
  }
}

/** None where there is no such folder: nothing was missed yet. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => [])
}
