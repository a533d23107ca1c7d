import { formatInstant } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { type FoundLock, listLocks, ownIdentity, removeLock } from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { createTimeText, type TimeText } from '../text/time-text.ts'
import type { UnlockOptions } from './unlock-options.ts'

export function runUnlock(options: UnlockOptions): Promise<ExitCode> {
  return withSession(options, 'none', (session) => (options.removeAll ? removeAll(session) : removeStale(session)))
}

async function removeStale({ repository, output, signal }: Session): Promise<ExitCode> {
  const time = createTimeText()
  let removed = 0
  let kept = 0
  for await (const found of listLocks(repository, { signal })) {
    if (found.stale) {
      if (!(await removeLock(repository, found.name))) continue
      removed++
    } else kept++
    const line = `${describe(found, time)}.`
    if (found.stale) output.say(`Removed ${line}`)
    else output.warn(`Kept ${line}`)
    output.emit({ message_type: 'lock', removed: found.stale, ...facts(found) })
  }
  if (removed + kept === 0) output.say('There are no locks.')
  else if (kept > 0 && !output.json)
    output.warn(
      'Once you are sure that nobody uses the repository, --remove-all removes those too. A run whose lock is gone stops, and what it had not finished is lost.',
    )
  output.emit({ message_type: 'summary', locks_removed: removed, locks_kept: kept })
  return EXIT.done
}

/** Whatever a lock is, and however large: nothing of it is read. */
async function removeAll({ repository, output, signal }: Session): Promise<ExitCode> {
  let removed = 0
  for await (const { name } of repository.storage.list('lock', { signal })) {
    if (!(await removeLock(repository, name))) continue
    removed++
    output.say(`Removed lock ${name.slice(0, 8)}.`)
    output.emit({ message_type: 'lock', removed: true, id: name })
  }
  if (removed === 0) output.say('There are no locks.')
  output.emit({ message_type: 'summary', locks_removed: removed, locks_kept: 0 })
  return EXIT.done
}

function describe({ name, lock, stale }: FoundLock, time: TimeText): string {
  const id = name.slice(0, 8)
  if (!lock) return `lock ${id}, which cannot be read`
  const { exclusive, pid, username } = lock
  const { hostname } = ownIdentity()
  const who = `process ${pid} of ${shown(username) || 'an unknown user'} on ${shown(lock.hostname) || 'an unknown host'}`
  const since = Number.isFinite(lock.time)
    ? `refreshed ${time.local(BigInt(lock.time) * 1_000_000n)}`
    : 'refreshed at no known time'
  return `${exclusive ? 'exclusive' : 'shared'} lock ${id} of ${who}, ${since}${stale ? ', which is gone' : lock.hostname === hostname ? ', which is running' : ''}`
}

function facts({ name, lock, stale }: FoundLock): Record<string, unknown> {
  if (!lock) return { id: name, stale, readable: false }
  const { time, exclusive, hostname, username, pid, uid, gid } = lock
  return { id: name, stale, readable: true, time: instantOrNull(time), exclusive, hostname, username, pid, uid, gid }
}

/** A lock may say any time, or none. */
function instantOrNull(time: number): string | null {
  return Number.isFinite(time) ? formatInstant(time) : null
}

function shown(text: string): string {
  return printable(Buffer.from(text))
}
