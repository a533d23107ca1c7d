import { formatCount, formatCounted, reasonOf } from '../../../base/index.ts'
import type { TreeLoader } from '../../../repository/index.ts'
import { createTreeSearch, type StoredSnapshot, type TreeQuery } from '../../../snapshot/index.ts'
import { refuseNotText } from '../../byte-arguments.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { describeNoSnapshots } from '../lookup/no-snapshots.ts'
import { openContent } from '../lookup/open-snapshot.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { createLongText, type ListedFolder, shortText } from '../text/node-text.ts'
import { startTicker } from '../text/ticker.ts'
import type { FindOptions } from './find-options.ts'
import { createFindReport, type FindReport } from './find-report.ts'
import { createMatchJson, writePlaceJson, writePlaceText } from './find-text.ts'
import { createIdQuery } from './id-query.ts'
import { layoutOf } from './layouts.ts'
import { createPatternQuery } from './pattern-query.ts'
import { type Wanted, wantedOf } from './wanted-of-options.ts'

export function runFind(patterns: readonly string[], options: FindOptions): Promise<ExitCode> {
  refuseNotText(options, [])
  const wanted = wantedOf(patterns, options)
  return withSession(options, 'shared', async (session) => {
    const { output, signal } = session
    const loadContent = openContent(session)
    const chosen = await chooseSnapshots(session, options.snapshot ?? [], snapshotFilter(options, process.env))
    const snapshots = options.reverse ? chosen.snapshots.toReversed() : chosen.snapshots
    const { trees } = await loadContent

    const report = createFindReport(output, layoutOf(output, wanted.kind), signal)
    const search = searchFor(wanted, trees, report, options)
    let searched = 0
    using ticker = startTicker(() =>
      output.status(
        `Snapshot ${formatCount(searched + 1)} of ${formatCount(snapshots.length)}  ${finds(report, wanted)}`,
      ),
    )
    for (const snapshot of snapshots) {
      report.begin(snapshot)
      await search(snapshot, session)
      await report.end()
      searched++
    }
    await tell(session, wanted, report, snapshots.length)
    return report.problems + chosen.unreadable > 0 ? EXIT.warnings : EXIT.done
  })
}

type Search = (snapshot: StoredSnapshot, session: Session) => Promise<void>

function searchFor(wanted: Wanted, trees: TreeLoader, report: FindReport, options: FindOptions): Search {
  const telling: Pick<TreeQuery<ListedFolder>, 'unreadable' | 'pause'> = {
    unreadable: ({ shown }, error) =>
      report.warn(`${(shown.length > 1 ? shown.subarray(0, -1) : shown).toString()}: ${reasonOf(error)}`),
    pause: () => report.pause(),
  }
  if (wanted.kind === 'ids') {
    const write = options.json ? writePlaceJson : writePlaceText
    const query = createIdQuery(wanted.type, wanted.ids, (found) =>
      report.found((lines, snapshot) => write(lines, found, snapshot)),
    )
    const search = createTreeSearch(trees, { ...query, ...telling })
    return ({ tree }, session) => {
      const root = Buffer.from(tree, 'hex')
      return search.search(root, query.root(root), session)
    }
  }
  const write = options.json
    ? createMatchJson()
    : options.long
      ? createLongText(options.humanReadable ?? false)
      : shortText
  const { root, ...query } = createPatternQuery(wanted.patterns, (node, name, folder) =>
    report.found((lines) => write(lines, node, name, folder)),
  )
  const search = createTreeSearch(trees, { ...query, ...telling })
  return ({ tree }, session) => search.search(Buffer.from(tree, 'hex'), root, session)
}

async function tell(session: Session, wanted: Wanted, report: FindReport, searched: number): Promise<void> {
  const { output } = session
  const { hits, snapshotsWithHits, problems } = report
  const missing = wanted.kind === 'ids' ? wanted.ids.missing() : undefined
  output.emit({
    message_type: 'summary',
    hits,
    snapshots_with_hits: snapshotsWithHits,
    snapshots_searched: searched,
    unreadable_folders: problems,
    missing,
  })
  if (searched === 0) output.say(await describeNoSnapshots(session))
  else {
    if (hits > 0) output.say('')
    const where = formatCounted(searched, 'snapshot')
    if (hits === 0) output.say(`Nothing was found in ${where}.`)
    else output.say(`${finds(report, wanted)} in ${formatCount(snapshotsWithHits)} of ${where}.`)
    if (hits > 0 && missing)
      for (const id of missing)
        output.say(`No place was found that needs ${wanted.kind === 'ids' ? wanted.type : ''} ${id}.`)
  }
  if (problems > 0)
    output.warn(`${formatCounted(problems, 'folder')} cannot be read: named above. What is in them was not searched.`)
}

function finds({ hits }: FindReport, { kind }: Wanted): string {
  return kind === 'ids' ? `${formatCounted(hits, 'place')} found` : `${formatCounted(hits, 'entry', 'entries')} found`
}
