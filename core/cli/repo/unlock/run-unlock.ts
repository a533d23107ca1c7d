import { formatInstant, isCode } from '../../../base/index.ts'
import { type FoundLock, listLocks, type Repository } from '../../../repository/index.ts'
import { printable } from '../../../source/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { withSession } from '../session.ts'
import { createTimeText, type TimeText } from '../text/time-text.ts'
import type { UnlockOptions } from './unlock.ts'

export function runUnlock(options: UnlockOptions): Promise<ExitCode> {
  return withSession(options, 'none', async ({ repository, output, signal }) => {
    const time = createTimeText()
    let removed = 0
    let kept = 0
    for await (const found of listLocks(repository, { signal })) {
      const isRemoved = (options.removeAll ?? false) || found.stale
      if (isRemoved) {
        // Released by its holder, or refreshed under another name, since it was listed.
        if (!(await remove(repository, found.name))) continue
        removed++
      } else kept++
      const line = `${describe(found, time)}.`
      if (isRemoved) output.say(`Removed ${line}`)
      else output.warn(`Kept ${line}`)
      output.emit({ message_type: 'lock', removed: isRemoved, ...facts(found) })
    }
    if (removed + kept === 0) output.say('There are no locks.')
    else if (kept > 0 && !output.json)
      output.warn('Once you are sure that nobody uses the repository, --remove-all removes those too.')
    output.emit({ message_type: 'summary', locks_removed: removed, locks_kept: kept })
    return EXIT.done
  })
}

async function remove(repository: Repository, name: string): Promise<boolean> {
  try {
    await repository.storage.remove({ kind: 'lock', name })
    return true
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return false
    throw error
  }
}

function describe({ name, lock, stale }: FoundLock, time: TimeText): string {
  const id = name.slice(0, 8)
  if (!lock) return `lock ${id}, which cannot be read`
  const { exclusive, pid, username, hostname } = lock
  const who = `process ${pid} of ${shown(username) || 'an unknown user'} on ${shown(hostname) || 'an unknown host'}`
  const since = Number.isFinite(lock.time)
    ? `refreshed ${time.local(BigInt(lock.time) * 1_000_000n)}`
    : 'refreshed at no known time'
  return `${exclusive ? 'exclusive' : 'shared'} lock ${id} of ${who}, ${since}${stale ? ', which is gone' : ''}`
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
