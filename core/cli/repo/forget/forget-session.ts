import { CoreError, formatBytes, formatCounted, systemClock, withSafety } from '../../../base/index.ts'
import {
  DEFAULT_LIMITS,
  type ForgetGroup,
  type ForgetRules,
  planForget,
  type PruneLimits,
  type PrunePlan,
} from '../../../maintenance/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { brakeText } from '../confirm/brake-text.ts'
import { readClocks } from '../confirm/clocks.ts'
import { confirmGraces } from '../confirm/confirm-graces.ts'
import { unconfirmed, wouldStop } from '../confirm/unconfirmed.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import { graceOf } from '../prune/limits-of-options.ts'
import { finishSession, planSession } from '../prune/prune-session.ts'
import type { Session } from '../session/session.ts'
import type { ForgetOptions } from './forget-options.ts'
import { showGroups, showNamed, writeGroups } from './forget-report.ts'
import { removeEach } from './remove-told.ts'

/** Removes snapshots of a session's repository, which is locked exclusively unless this is a dry run. */
export async function forgetSession(
  session: Session,
  ids: readonly string[],
  rules: ForgetRules | undefined,
  options: ForgetOptions,
): Promise<ExitCode> {
  const { dryRun = false, yes = false, compact = false, groupBy = ['host', 'paths'] } = options
  const { output } = session
  const { snapshots, unreadable } = await chooseSnapshots(session, ids, snapshotFilter(options, process.env))
  const isMissed = ids.length === 0 && snapshots.length === 0 && isFiltered(options)
  if (isMissed)
    output.warn('No snapshot fits --host, --tag and --path as they were given. `holdfast repo snapshots` lists all.')
  let chosen: readonly StoredSnapshot[] = snapshots
  let remember: (() => void) | undefined
  if (!rules) showNamed(output, snapshots)
  if (rules) {
    const clocks = await readClocks(session)
    const groups = planForget(snapshots, rules, { groupBy, now: systemClock.now(), clocks: clocks.evidence })
    await (output.json ? writeGroups(output, groups) : showGroups(output, groups, { compact }))
    const stopping = brakesText(groups)
    if (stopping !== undefined && !yes) {
      if (!dryRun) throw unconfirmed(stopping, { remedy: LOOK_AT_LIST })
      output.say(wouldStop(stopping))
    }
    remember = () => clocks.remember()
    chosen = groups.flatMap(({ decisions }) => decisions.flatMap(({ isKept, snapshot }) => (isKept ? [] : [snapshot])))
  }
  const going = chosen.map(({ id }) => id)
  // A prune that cannot be is known before anything is gone.
  const limits: PruneLimits = { ...DEFAULT_LIMITS, grace: graceOf(options.grace) }
  const since = systemClock.monotonic()
  const plan =
    options.prune && going.length > 0 ? await planSession(session, { limits, without: new Set(going) }) : undefined
  const emptying = plan && emptyingText(plan)
  if (emptying !== undefined && !yes) {
    if (!dryRun) throw unconfirmed(emptying, { remedy: 'If all of it is to go, give --yes. Else leave out --prune.' })
    output.say(wouldStop(emptying))
  }
  if (plan && !yes) await confirmGraces(session, plan, { dryRun })
  if (!dryRun) remember?.()
  const { removed, failed } = dryRun ? { removed: going, failed: [] } : await removeEach(session, going)
  tell(session, {
    removed: removed.length,
    failed: failed.length,
    kept: rules && snapshots.length - going.length,
    dryRun,
    prune: plan !== undefined,
  })
  const code = failed.length + unreadable > 0 || isMissed ? EXIT.warnings : EXIT.done
  if (!plan || removed.length === 0) return code
  const current = failed.length > 0 ? await planAnew(session, limits, removed.length) : plan
  const pruned = await finishSession(session, current, { dryRun, since })
  return pruned === EXIT.done ? code : pruned
}

/** A slip of the pen in a nightly job must not go unnoticed for years. */
function isFiltered({ host, tag, path }: ForgetOptions): boolean {
  return [host, tag, path].some((values) => values !== undefined && values.length > 0)
}

/** Where not all snapshots went that were to go: what the others need stays. */
async function planAnew(session: Session, limits: PruneLimits, removed: number): Promise<PrunePlan> {
  try {
    return await planSession(session, { limits })
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    const were = `${formatCounted(removed, 'snapshot')} ${removed === 1 ? 'was' : 'were'}`
    throw withSafety(error, `${were} removed, as told. Nothing else was changed.`)
  }
}

const MOST_REASONS = 3

/** Why a person is asked (RET-22); undefined where nobody is. */
function brakesText(groups: readonly ForgetGroup[]): string | undefined {
  const texts = groups.flatMap(({ key, brakes }) =>
    brakes.map((brake) => `${brakeText(brake)}${key.hostname === undefined ? '' : ` of ${key.hostname}`}`),
  )
  // The clock is the same for all of them.
  const reasons = [...new Set(texts)]
  if (reasons.length === 0) return undefined
  const more =
    reasons.length > MOST_REASONS ? `; and ${formatCounted(reasons.length - MOST_REASONS, 'other reason')}` : ''
  return `${reasons.slice(0, MOST_REASONS).join('; ')}${more}`
}

/** Why a person is asked before the last snapshot goes with all that is stored: as a prune would, but before it is gone. */
function emptyingText({ summary: { snapshots, remove, unlisted, due } }: PrunePlan): string | undefined {
  const packs = remove.packs + unlisted.packs + due.packs
  if (snapshots > 0 || packs === 0) return undefined
  const bytes = formatBytes(remove.bytes + unlisted.bytes + due.bytes)
  return `no snapshot would be left, so all ${formatCounted(packs, 'pack')} of ${bytes} would go`
}

const LOOK_AT_LIST = 'Look at the list, which --dry-run shows again. If it is right, and the clock too, give --yes.'

interface Told {
  readonly removed: number
  readonly failed: number
  /** By rules; undefined where snapshots were named. */
  readonly kept: number | undefined
  readonly dryRun: boolean
  /** Whether a prune follows. */
  readonly prune: boolean
}

function tell({ output }: Session, { removed, failed, kept, dryRun, prune }: Told): void {
  const asked = removed + failed
  const left = failed > 0 ? `, ${failed} could not be removed` : ''
  const stay = `${left}${kept ? `, ${kept} ${kept === 1 ? 'stays' : 'stay'}` : ''}`
  const some = failed > 0 ? `${removed} of ${formatCounted(asked, 'snapshot')}` : formatCounted(removed, 'snapshot')
  const later = removed > 0 && !prune ? ' What only they needed goes with the next prune.' : ''
  if (dryRun) output.say(`Dry run: ${formatCounted(removed, 'snapshot')} would be removed${stay}. Nothing was removed.`)
  else if (asked === 0) output.say(`Nothing was to be removed${stay}.`)
  else output.say(`Removed ${some}${stay}.${later}`)
  output.emit({ message_type: 'summary', removed, failed, kept, dry_run: dryRun })
}
