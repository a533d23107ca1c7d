import { formatCounted } from '../../../base/index.ts'
import {
  type RewriteProgress,
  type RewrittenSnapshot,
  rewriteSnapshots,
  type Rewriting,
  type StoredBlobs,
} from '../../../maintenance/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { removeTold } from '../forget/remove-told.ts'
import type { Session } from '../session/session.ts'
import { showProgress } from '../text/show-progress.ts'

export interface RenewOptions {
  readonly rewriting: Rewriting
  readonly tag: string
  /** Removes the old snapshots once the new ones are stored. */
  readonly forget: boolean
  readonly dryRun: boolean
  /** Told how many could not be made anew, before any is removed; what it throws leaves all of them. */
  readonly onLost?: (lost: number) => void
}

const DOING: Readonly<Record<RewriteProgress['phase'], string>> = { snapshots: 'Going through snapshots' }

/** Makes snapshots anew by a rule, and says what became of each. */
export async function renewSnapshots(
  session: Session,
  blobs: StoredBlobs,
  snapshots: readonly StoredSnapshot[],
  { rewriting, tag, forget, dryRun, onLost }: RenewOptions,
): Promise<ExitCode> {
  const { repository, output, signal } = session
  const rewritten = await rewriteSnapshots(repository, blobs, snapshots, {
    rewriting,
    tag,
    dryRun,
    signal,
    onProgress: (progress) => showProgress(output, DOING, progress),
  })
  for (const each of rewritten) tellSnapshot(session, each)
  const changed = rewritten.filter(({ state }) => state === 'changed').map(({ snapshot }) => snapshot.id)
  const lost = rewritten.filter(({ state }) => state === 'lost').map(({ snapshot }) => snapshot.id)
  onLost?.(lost.length)
  const remove = async (ids: readonly string[]): Promise<number> =>
    forget && !dryRun ? ids.length - (await removeTold(session, ids)) : 0
  const removed = { changed: await remove(changed), lost: await remove(lost) }
  const counts = { looked: rewritten.length, changed: changed.length, lost: lost.length, removed }
  tellSummary(session, counts, { dryRun, forget })
  const isLeft = forget && !dryRun && removed.changed < changed.length
  return lost.length > 0 || isLeft ? EXIT.warnings : EXIT.done
}

function tellSnapshot({ output }: Session, { snapshot, state, renewed }: RewrittenSnapshot): void {
  const id = snapshot.id.slice(0, 8)
  if (state === 'lost') output.warn(`Snapshot ${id} cannot be made anew: not even its root can be read.`)
  else if (renewed !== undefined) output.say(`Snapshot ${id} was made anew as ${renewed.slice(0, 8)}.`)
  else if (state === 'changed') output.say(`Snapshot ${id} would be made anew.`)
  if (state !== 'same') {
    output.emit({ message_type: state, snapshot: snapshot.id, ...(renewed !== undefined && { renewed }) })
  }
}

interface Renewed {
  /** Snapshots that were looked at. */
  readonly looked: number
  readonly changed: number
  readonly lost: number
  /** How many of each are gone. */
  readonly removed: { readonly changed: number; readonly lost: number }
}

function tellSummary(
  { output }: Session,
  { looked, changed, lost, removed }: Renewed,
  { dryRun, forget }: Pick<RenewOptions, 'dryRun' | 'forget'>,
): void {
  const same = looked - changed - lost
  if (dryRun) output.say(`Dry run: ${formatCounted(changed, 'snapshot')} would be made anew. Nothing was changed.`)
  else if (changed + lost === 0) output.say('Nothing is to be done.')
  else {
    const said = [`Made ${formatCounted(changed, 'snapshot')} anew; ${same} stay as they are.`]
    if (changed > 0) said.push(oldOnes(changed, removed.changed, forget))
    if (lost > 0) said.push(lostOnes(lost, removed.lost, forget))
    output.say(said.join(' '))
  }
  output.emit({
    message_type: 'summary',
    dry_run: dryRun,
    changed,
    unchanged: same,
    lost,
    removed: removed.changed + removed.lost,
  })
}

function oldOnes(count: number, removed: number, forget: boolean): string {
  if (!forget) return 'The old ones are there as before; --forget removes them, or `holdfast repo forget`.'
  if (removed === count) return 'The old ones were removed.'
  return `Of the old ones ${removed} were removed, and ${count - removed} are there as before.`
}

function lostOnes(count: number, removed: number, forget: boolean): string {
  const what = `${formatCounted(count, 'snapshot')} could not be made anew`
  if (!forget) return `${what}; --forget removes what nothing is left of.`
  return removed === count
    ? `${what}, and nothing takes the place of what was removed.`
    : `${what}: ${removed} of these were removed, and ${count - removed} are there as before.`
}
