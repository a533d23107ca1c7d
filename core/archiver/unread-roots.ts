import { CoreError } from '../base/index.ts'
import { printable } from '../file-system/index.ts'
import type { PreparedRoot } from '../source/index.ts'
import type { MissedFile } from './messages.ts'

/** Notices when not one target could be read: that is no recovery point, and must not become the newest one. */
export interface UnreadRoots {
  /** Looks at what was missed. */
  see(missed: MissedFile): void
  /** A second pass begins, in which all may be read after all. */
  forget(): void
  /** Throws `source/unreadable` where all roots were missed. */
  refuseIfAll(): void
}

/** Kinds of which nothing of the entry is stored. */
const WHOLLY_MISSED = new Set<MissedFile['kind']>(['unreadable', 'too-large', 'name-not-utf8'])

/** `roots`: those that are inside no other one. */
export function watchRoots(roots: readonly PreparedRoot[]): UnreadRoots {
  const paths = new Set(roots.map(({ path }) => Buffer.from(path).latin1Slice()))
  const reasons = new Map<string, string>()
  return {
    see({ kind, path, reason }) {
      const text = Buffer.from(path).latin1Slice()
      if (WHOLLY_MISSED.has(kind) && paths.has(text)) reasons.set(text, reason)
    },
    forget: () => reasons.clear(),
    refuseIfAll() {
      if (reasons.size < paths.size) return
      const named = [...reasons].map(([path, reason]) => `${printable(Buffer.from(path, 'latin1'))} (${reason})`)
      throw new CoreError('source/unreadable', `Nothing could be read of ${named.join(', ')}.`, {
        safety: 'No recovery point was made of this run; earlier ones are untouched.',
        remedy: 'Run the backup as a user who may read it, or see why the system refuses it.',
      })
    },
  }
}
