import { type Abortable, CoreError, formatCounted } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { findPacks } from '../inventory/find-packs.ts'
import { layOut } from '../inventory/pack-layout.ts'
import { readInventory } from '../inventory/read-inventory.ts'
import { packsGone } from './packs-gone.ts'
import { planIndexRepair } from './plan-index.ts'

/**
 * Throws `repository/damaged` where so many packs are not there that a folder seems not to be mounted, packs are there that no index lists, an index file cannot be read, or a pack that waits to be
 * removed was cut off: what seems lost may be in them, and is not to be given up before it was looked for there.
 */
export async function assertListed(repository: Repository, options: Abortable): Promise<void> {
  const plan = await planIndexRepair(repository, { readAll: false, ...options })
  const { inventory, toRead, unreadable } = plan
  const gone = packsGone(plan)
  if (gone) {
    throw refused(
      repository,
      gone.words,
      `${gone.remedy} If they are truly gone, run \`holdfast repo repair index\` first, then this again.`,
    )
  }
  if (toRead.length + unreadable.length > 0) {
    throw notYet(
      repository,
      `${formatCounted(toRead.length, 'pack')} that no index lists rightly${unreadable.length > 0 ? `, and ${formatCounted(unreadable.length, 'index file')} cannot be read` : ''}`,
      'index',
    )
  }
  const cut = inventory.waiting.size > 0 ? await cutOffWhileWaiting(repository, options) : []
  if (cut.length === 0) return
  const names = cut.slice(0, MOST_NAMED).map((name) => name.slice(0, 10))
  throw notYet(
    repository,
    `${formatCounted(cut.length, 'damaged pack')} among those that wait to be removed`,
    `packs ${names.join(' ')}`,
  )
}

/** So many ids fit into a command. The next run names the others. */
const MOST_NAMED = 20

/** Names of packs that wait and do not hold all that is noted of them: nobody finds any of it. */
async function cutOffWhileWaiting(repository: Repository, options: Abortable): Promise<string[]> {
  const { index, ledger, waiting } = await readInventory(repository, { ...options, withWaiting: true })
  await findPacks(repository.storage, ledger, options)
  return [...waiting.keys()].filter((name) => {
    const pack = ledger.find(Buffer.from(name, 'hex'))
    const entries = ledger.entriesOf(pack)
    return entries.length > 0 && ledger.size(pack) < layOut(index, entries).fileBytes
  })
}

function notYet(repository: Repository, where: string, repair: string): CoreError {
  return refused(
    repository,
    `what seems lost may be in ${where}`,
    `Run \`holdfast repo repair ${repair}\` first, then this again.`,
  )
}

function refused({ storage }: Repository, reason: string, remedy: string): CoreError {
  return new CoreError('repository/damaged', `No snapshot is removed from ${storage.location}: ${reason}.`, {
    safety: 'Nothing was changed.',
    remedy,
  })
}
