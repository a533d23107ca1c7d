import { formatCounted } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import type { RestoreProblem } from '../../../restorer/index.ts'
import type { Output } from '../../output.ts'

/** Tells of what could not be brought back as it was. */
export interface ProblemReporter {
  report(problem: RestoreProblem): void
  /** To be called last: sums up what was not shown one by one. */
  finish(): void
}

/** Shown one by one; of the same loss of metadata, after these, only the number at the end. */
const SHOWN_OF_A_KIND = 20

export function createProblemReporter(output: Output): ProblemReporter {
  const counts = new Map<string, number>()
  return {
    report({ part, path, reason }) {
      const count = (counts.get(part) ?? 0) + 1
      counts.set(part, count)
      // What is restored has no name in itself.
      const item = path.length === 0 ? '/' : printable(path)
      if (output.json) output.emit({ message_type: 'error', error: { message: reason }, during: 'restore', part, item })
      else if (part === 'file' || count <= SHOWN_OF_A_KIND) output.warn(`${part}: ${item}: ${reason}`)
    },
    finish() {
      for (const [part, count] of counts) {
        if (part === 'file' || output.json) continue
        const advice =
          part === 'owner' && process.geteuid?.() !== 0 ? ' Only root may give files away: restore as root.' : ''
        output.warn(
          `${LOST_OF[part] ?? part} of ${formatCounted(count, 'entry', 'entries')} could not be brought back.${advice}`,
        )
      }
    },
  }
}

const LOST_OF: Readonly<Record<string, string>> = {
  owner: 'The owner',
  mode: 'The mode',
  times: 'The times',
  attributes: 'Extended attributes',
  size: 'The size that the snapshot says',
}
