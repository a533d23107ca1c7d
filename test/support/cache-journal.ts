import { onTestFinished } from 'vitest'

import { type FileState, type Journal, openJournal } from '../../core/cloud-cache/index.ts'
import type { Handle } from '../../core/storage/index.ts'
import { createFakeClock } from './fake-clock.ts'

/** A journal that is closed after the test, and its clock. */
export function journalIn(folder: string, clock = createFakeClock(1_000_000_000_000)) {
  const journal = openJournal(folder, { clock })
  onTestFinished(() => {
    try {
      journal.close()
    } catch {
      // The test itself has closed it.
    }
  })
  return { journal, clock }
}

const STEPS: readonly FileState[] = ['uploading', 'uploaded', 'verified', 'evicted']

/** Brings a local file to a state, by all those between. */
export function bringTo(journal: Journal, handle: Handle, state: FileState): void {
  if (state === 'evicted') journal.files.markEvictable([handle.name])
  for (const step of STEPS.slice(0, STEPS.indexOf(state) + 1)) journal.move(handle, step)
}

/** As if a file had been saved. */
export function journalSaved(journal: Journal, handle: Handle, size = 10): void {
  journal.saved(handle, { size, sums: new Uint8Array(4) })
}
