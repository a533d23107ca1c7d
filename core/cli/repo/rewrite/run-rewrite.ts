import { CoreError } from '../../../base/index.ts'
import { type ByteString, printable } from '../../../file-system/index.ts'
import { keepDisksWhole, leaveOut, loadStoredBlobs } from '../../../maintenance/index.ts'
import { createRestoreSelection } from '../../../selection/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { NOTHING_CHANGED, tellingIfStopped } from '../../stopped.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import { excludesOf } from '../patterns/patterns-of-options.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import { withSession } from '../session/with-session.ts'
import { renewSnapshots } from './renew-snapshots.ts'
import type { RewriteOptions } from './rewrite-options.ts'

export function runRewrite(ids: readonly string[], options: RewriteOptions): Promise<ExitCode> {
  const { dryRun = false, forget = false } = options
  const { excludes, caseInsensitiveExcludes } = excludesOf(options)
  if (excludes.length + caseInsensitiveExcludes.length === 0) {
    throw new CoreError('input/invalid', 'Nothing was given to leave out.', {
      safety: 'Nothing was changed.',
      remedy: 'Give --exclude or --exclude-file.',
    })
  }
  refuseNoLock(options)
  const selection = createRestoreSelection({ excludes, caseInsensitiveExcludes })
  const mode = dryRun || !forget ? 'shared' : 'exclusive'
  const renewing = withSession(
    options,
    mode,
    async (session) => {
      const { repository, output, signal, presentPacks } = session
      const { snapshots, unreadable } = await chooseSnapshots(session, ids, snapshotFilter(options, process.env))
      const blobs = await loadStoredBlobs(repository, { signal, presentPacks })
      let kept = 0
      const onDiskKept = (path: ByteString): void => {
        kept++
        const shown = printable(Buffer.from(path, 'latin1'))
        output.warn(
          `${shown} is a disk, and stays whole: a part of it was to be left out. Exclude ${shown} to leave out all of it.`,
        )
        output.emit({ message_type: 'disk_kept', path: shown })
      }
      const code = await renewSnapshots(session, blobs, snapshots, {
        rewriting: leaveOut(selection, keepDisksWhole(repository, blobs, selection, { onDiskKept })),
        tag: 'rewrite',
        forget,
        dryRun,
      })
      return unreadable + kept > 0 ? EXIT.warnings : code
    },
    { listPacks: true },
  )
  return tellingIfStopped(dryRun ? NOTHING_CHANGED : STOPPED, renewing)
}

const STOPPED = 'Each snapshot is there, as it was or made anew: the same command does the rest.'
