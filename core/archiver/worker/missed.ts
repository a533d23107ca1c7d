import { systemCode } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import type { FromWorker, MissedFile } from '../messages.ts'

/** Tells the main thread what could not be read. */
export interface MissedReporter {
  unreadable(path: Uint8Array, error: unknown): void
  /** An extended attribute (its name empty: the list of them) could not be read; all else of the entry is stored. */
  attribute(path: Uint8Array, attribute: Buffer, error: unknown): void
  report(path: Uint8Array, kind: MissedFile['kind'], reason: string): void
}

export function createMissedReporter(post: (message: FromWorker) => void): MissedReporter {
  function report(path: Uint8Array, kind: MissedFile['kind'], reason: string): void {
    post({ type: 'missed', missed: { path: Uint8Array.from(path), kind, reason } })
  }
  return {
    report,
    attribute: (path, attribute, error) =>
      report(
        path,
        'attributes',
        `${attribute.length > 0 ? printable(attribute) : 'extended attributes'}: ${reasonOf(error)}`,
      ),
    unreadable: (path, error) => report(path, 'unreadable', reasonOf(error)),
  }
}

/** The system's own word where there is one, which names the cause better than any sentence of ours. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return systemCode(error.cause) ?? systemCode(error) ?? error.message
}
