import { formatCounted } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import {
  changedTags,
  loadSnapshots,
  retagSnapshot,
  type StoredSnapshot,
  type TagChange,
} from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { describeNoSnapshots } from '../lookup/no-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { changeOf } from './change-of-options.ts'
import type { TagOptions } from './tag-options.ts'

export function runTag(ids: readonly string[], options: TagOptions): Promise<ExitCode> {
  const { dryRun = false } = options
  const change = changeOf(options)
  refuseNoLock(options)
  return withSession(options, dryRun ? 'shared' : 'exclusive', async (session) => {
    const { output } = session
    const { snapshots, unreadable } = await chooseSnapshots(session, ids, snapshotFilter(options, process.env))
    const planned = plan(snapshots, change)
    let leftOver = 0
    if (dryRun) showPlan(session, planned)
    else if (planned.length > 0) leftOver = await retagAll(session, planned)

    const same = snapshots.length - planned.length
    if (snapshots.length === 0 && unreadable === 0) output.say(await describeNoSnapshots(session))
    else output.say(summaryText(planned.length, same, dryRun))
    output.emit({ message_type: 'summary', changed_snapshots: planned.length, left_over: leftOver, dry_run: dryRun })
    return unreadable + leftOver > 0 ? EXIT.warnings : EXIT.done
  })
}

interface PlannedTags {
  readonly snapshot: StoredSnapshot
  readonly tags: readonly string[]
}

function plan(snapshots: readonly StoredSnapshot[], change: TagChange): PlannedTags[] {
  return snapshots.flatMap((snapshot) => {
    const tags = changedTags(snapshot.tags, change)
    return tags ? [{ snapshot, tags }] : []
  })
}

function showPlan({ output }: Session, planned: readonly PlannedTags[]): void {
  for (const { snapshot, tags } of planned) {
    output.say(`Snapshot ${snapshot.id.slice(0, 8)} would have ${tagsText(tags)}, and has ${tagsText(snapshot.tags)}.`)
    output.emit({ message_type: 'change', old_snapshot_id: snapshot.id, tags })
  }
}

/** Resolves to how many old snapshots could not be removed. */
async function retagAll({ repository, output, signal }: Session, planned: readonly PlannedTags[]): Promise<number> {
  // A copy that an earlier run left behind may be any of them. Who cannot be read was named already, or is not meant.
  const all = await loadSnapshots(repository, { signal, onUnreadable: () => undefined })
  const present = new Map(all.map((snapshot) => [snapshot.id, snapshot]))
  let failed = 0
  for (const { snapshot: old, tags } of planned) {
    const { snapshot, leftOver } = await retagSnapshot(repository, old, tags, present.values(), { signal })
    present.delete(old.id)
    present.set(snapshot.id, snapshot)
    const [before, after] = [old.id.slice(0, 8), snapshot.id.slice(0, 8)]
    output.emit({ message_type: 'changed', old_snapshot_id: old.id, new_snapshot_id: snapshot.id, tags })
    output.say(`Snapshot ${before} is now ${after}, with ${tagsText(tags)}.`)
    if (!leftOver) continue
    failed++
    output.warn(
      `Snapshot ${before} could not be removed, and is there as before beside ${after}: ${leftOver.message}. The same command again removes it.`,
    )
  }
  return failed
}

function summaryText(changed: number, same: number, dryRun: boolean): string {
  if (changed === 0) return 'Nothing was to be changed: the tags are so already.'
  const others = same > 0 ? ` ${formatCounted(same, 'other')} had them so already.` : ''
  const snapshots = formatCounted(changed, 'snapshot')
  if (dryRun) return `Dry run: the tags of ${snapshots} would be changed. Nothing was changed.`
  return `Changed the tags of ${snapshots}.${others}`
}

function tagsText(tags: readonly string[]): string {
  if (tags.length === 0) return 'no tags'
  const shown = tags.map((tag) => printable(Buffer.from(tag))).join(', ')
  return tags.length === 1 ? `the tag ${shown}` : `the tags ${shown}`
}
