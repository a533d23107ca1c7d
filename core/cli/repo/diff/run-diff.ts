import { formatCounted, reasonOf } from '../../../base/index.ts'
import { diffTrees, type DiffVisitor } from '../../../snapshot/index.ts'
import { refuseNotText } from '../../byte-arguments.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { openTwoSnapshots } from '../lookup/open-snapshot.ts'
import { withSession } from '../session/with-session.ts'
import { ByteLines } from '../text/byte-lines.ts'
import { folderIn, type ListedFolder, ROOT } from '../text/node-text.ts'
import { createTimeText } from '../text/time-text.ts'
import { writeChangeJson, writeChangeText } from './change-text.ts'
import type { DiffOptions } from './diff-options.ts'
import { totalsJson, totalsText } from './diff-report.ts'

export function runDiff(wanted: readonly [string, string], options: DiffOptions): Promise<ExitCode> {
  refuseNotText(options, [])
  return withSession(options, 'shared', async (session) => {
    const { output, signal } = session
    const { index, trees, before, after } = await openTwoSnapshots(session, wanted, options)
    const time = createTimeText()
    const [old, young] = [before, after].map(
      ({ snapshot }) => `snapshot ${snapshot.id.slice(0, 8)} (${time.local(snapshot.time.ns)})`,
    )
    output.say(`Changes from ${old} to ${young}:`)

    const reporter = createReporter(output, signal)
    const totals = await diffTrees(trees, index, before.root, after.root, ROOT, reporter, {
      metadata: options.metadata,
      signal,
    })
    await reporter.finish()
    const { unreadableFolders: unreadable, changes } = reporter
    if (output.json) await output.write(totalsJson(wanted, totals, unreadable), { signal })
    else if (changes === 0 && unreadable === 0) output.say(nothingText(before.root.equals(after.root), options))
    for (const line of totalsText(totals)) output.say(line)
    if (unreadable > 0)
      output.warn(
        `${formatCounted(unreadable, 'folder')} cannot be read: named above. What is in them was not compared.`,
      )
    return unreadable > 0 ? EXIT.warnings : EXIT.done
  })
}

function nothingText(isSame: boolean, { metadata }: DiffOptions): string {
  if (isSame) return 'Nothing differs: they hold the same, bit for bit.'
  return metadata ? 'Nothing differs.' : 'Nothing differs but metadata. --metadata shows of what.'
}

interface Reporter extends DiffVisitor<ListedFolder> {
  readonly changes: number
  readonly unreadableFolders: number
  finish(): Promise<void>
}

function createReporter(output: Output, signal: AbortSignal): Reporter {
  const lines = new ByteLines()
  const write = output.json ? writeChangeJson : writeChangeText
  let changes = 0
  let unreadable = 0

  return {
    get changes() {
      return changes
    },
    get unreadableFolders() {
      return unreadable
    },
    folderIn,
    changed(signs, name, isFolder, folder) {
      changes++
      write(lines, signs, name, isFolder, folder)
    },
    unreadable({ shown }, error) {
      unreadable++
      const path = shown.length > 1 ? shown.subarray(0, -1) : shown
      output.warn(`${path.toString()}: ${reasonOf(error)}`)
    },
    uncounted(error) {
      unreadable++
      output.warn(`A folder that both snapshots have: ${reasonOf(error)}`)
    },
    pause: () => (lines.isFull ? output.write(lines.take(), { signal }) : undefined),
    finish: () => output.write(lines.take(), { signal }),
  }
}
