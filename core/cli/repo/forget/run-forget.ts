import { CoreError } from '../../../base/index.ts'
import type { ExitCode } from '../../exit-code.ts'
import { NOTHING_CHANGED, tellingIfStopped } from '../../stopped.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import { withSession } from '../session/with-session.ts'
import type { ForgetOptions } from './forget-options.ts'
import { forgetSession } from './forget-session.ts'
import { rulesOf } from './rules-of-options.ts'

export function runForget(ids: readonly string[], options: ForgetOptions): Promise<ExitCode> {
  const { dryRun = false } = options
  const rules = rulesOf(options)
  refuseNoLock(options)
  if (options.grace !== undefined && !options.prune)
    throw invalid('--grace has no meaning without --prune.', 'Give --prune, too.')
  if (ids.length > 0 && rules) throw invalid('Snapshots are named, and rules given.', 'Give one of the two.')
  if (ids.length === 0 && !rules) {
    throw invalid('Neither snapshots nor rules were given.', 'Name snapshots, or give a rule such as --keep-daily 7.')
  }
  const forgetting = withSession(options, dryRun ? 'shared' : 'exclusive', (session) =>
    forgetSession(session, ids, rules, options),
  )
  return tellingIfStopped(dryRun ? NOTHING_CHANGED : STOPPED, forgetting)
}

const STOPPED =
  'Snapshots that were removed until then are gone for good, and the others are whole: `holdfast repo snapshots` lists them.'

function invalid(message: string, remedy: string): CoreError {
  return new CoreError('input/invalid', message, { safety: 'Nothing was removed.', remedy })
}
