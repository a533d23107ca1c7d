import { formatCounted, reasonOf } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { type StoredSnapshot, type TreeVisitor, walkTree } from '../../../snapshot/index.ts'
import { refuseNotText, shownArgument } from '../../byte-arguments.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { openSnapshot } from '../lookup/open-snapshot.ts'
import { snapshotJson } from '../lookup/snapshot-json.ts'
import { withSession } from '../session/with-session.ts'
import { ByteLines } from '../text/byte-lines.ts'
import { createJsonText, createLongText, folderIn, type ListedFolder, ROOT, shortText } from '../text/node-text.ts'
import { createTimeText } from '../text/time-text.ts'
import { createListedFolders, type ListedFolders } from './listed-folders.ts'
import type { LsOptions } from './ls-options.ts'

export function runLs(wanted: string, dirs: readonly string[], options: LsOptions): Promise<ExitCode> {
  refuseNotText(options, [])
  const listed = createListedFolders(dirs, options.recursive ?? false)
  return withSession(options, 'shared', async (session) => {
    const { output, signal } = session
    const { snapshot, trees, root } = await openSnapshot(session, wanted, options)
    await writeHead(output, snapshot)

    const lister = createLister(output, options, listed, signal)
    await walkTree(trees, root, ROOT, lister, { signal })
    await lister.finish()
    const missing = listed.missing()
    for (const dir of missing)
      output.warn(
        `Snapshot ${snapshot.id.slice(0, 8)} has no ${shownArgument(dir)}. Without DIR everything that it has is listed.`,
      )
    if (missing.length > 0) return EXIT.failed
    return lister.unreadableFolders > 0 ? EXIT.warnings : EXIT.done
  })
}

async function writeHead(output: Output, snapshot: StoredSnapshot): Promise<void> {
  if (output.json)
    return output.write(`${snapshotJson(snapshot, { message_type: 'snapshot', struct_type: 'snapshot' })}\n`)
  const paths = snapshot.paths.map((path) => printable(Buffer.from(path))).join(', ')
  const time = createTimeText().local(snapshot.time.ns)
  output.say(
    `Snapshot ${snapshot.id.slice(0, 8)} of ${paths} at ${time} by ${printable(Buffer.from(snapshot.username))}@${printable(Buffer.from(snapshot.hostname))}:`,
  )
}

interface Lister extends TreeVisitor<ListedFolder> {
  readonly unreadableFolders: number
  finish(): Promise<void>
}

function createLister(output: Output, options: LsOptions, listed: ListedFolders, signal: AbortSignal): Lister {
  const lines = new ByteLines()
  const write = options.json
    ? createJsonText()
    : options.long
      ? createLongText(options.humanReadable ?? false)
      : shortText
  // Without folders to compare with, no path is made for an entry.
  const isSelective = !listed.listsAll
  let count = 0
  let unreadable = 0

  return {
    get unreadableFolders() {
      return unreadable
    },
    entry(node, folder) {
      const { name } = node
      const path = isSelective ? folder.path.toString('latin1') + name.toString('latin1') : ''
      if (listed.lists(path)) {
        write(lines, node, name, folder)
        count++
      }
      return node.type === 'dir' && listed.enters(path) ? folderIn(folder, name) : undefined
    },
    unreadable({ shown }, error) {
      unreadable++
      const path = shown.length > 1 ? shown.subarray(0, -1) : shown
      output.warn(`${path.toString()}: ${reasonOf(error)}`)
    },
    pause: () => (lines.isFull ? output.write(lines.take(), { signal }) : undefined),
    async finish() {
      await output.write(lines.take(), { signal })
      output.emit({ message_type: 'summary', total_nodes: count, unreadable_folders: unreadable })
      if (unreadable > 0) output.warn(`${formatCounted(unreadable, 'folder')} cannot be read: named above.`)
    },
  }
}
