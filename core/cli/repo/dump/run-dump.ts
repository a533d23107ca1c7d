import { refuseNotText } from '../../byte-arguments.ts'
import type { ExitCode } from '../../exit-code.ts'
import { openSnapshot } from '../lookup/open-snapshot.ts'
import { findEntry, namesOf } from '../lookup/snapshot-path.ts'
import { withSession } from '../session/with-session.ts'
import { dumpFile } from './dump-file.ts'
import { dumpFolder } from './dump-folder.ts'
import type { DumpOptions } from './dump-options.ts'
import type { DumpWork } from './dump-work.ts'

export function runDump(wanted: string, path: string, options: DumpOptions): Promise<ExitCode> {
  refuseNotText(options, ['target'])
  return withSession(options, 'shared', async (session) => {
    const opened = await openSnapshot(session, wanted, options)
    const { snapshot, trees, root } = opened
    const work: DumpWork = { session, ...opened, target: options.target }
    const names = namesOf(path)
    if (names.length === 0) return dumpFolder(work, { path: Buffer.alloc(0), node: undefined, tree: root })
    const found = await findEntry(trees, snapshot, root, names, { signal: session.signal })
    const { subtree } = found.node
    return subtree ? dumpFolder(work, { ...found, tree: subtree }) : dumpFile(work, found)
  })
}
