import type { FileKind } from '../../storage/index.ts'
import { type FileState, kindCode, stateCode } from './file-state.ts'
import type { JournalFile } from './journal-file.ts'

const NOT_VERIFIED: readonly FileState[] = ['local', 'uploading', 'uploaded']

/**
 * The id of the first file of these kinds that the cloud does not have for certain; where it has all, one greater than any.
 * Each state and kind is looked up for itself: so SQLite finds the first at once, however many there are.
 */
export function firstNotVerified(file: JournalFile, kinds: readonly FileKind[]): number {
  let first = Number.MAX_SAFE_INTEGER
  for (const kind of kinds) {
    for (const state of NOT_VERIFIED) {
      const query = 'SELECT id FROM file WHERE state = ? AND kind = ? ORDER BY id LIMIT 1'
      const [row] = file.rows(query, stateCode(state), kindCode(kind))
      first = Math.min(first, Number(row?.['id'] ?? first))
    }
  }
  return first
}
