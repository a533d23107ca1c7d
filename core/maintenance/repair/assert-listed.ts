import { type Abortable, CoreError, formatCounted } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { findPacks } from '../inventory/find-packs.ts'
import { layOut } from '../inventory/pack-layout.ts'
import { readInventory } from '../inventory/read-inventory.ts'
import { planIndexRepair } from './plan-index.ts'

/**
 * Throws `repository/damaged` where packs are there that no index lists, an index file cannot be read, or a pack that waits to be
 * removed was cut off: what seems lost may be in them, and is not to be given up before it was looked for there.
 */
export async function assertListed(repository: Repository, options: Abortable): Promise<void> {
  const { inventory, toRead, unreadable } = await planIndexRepair(repository, { readAll: false, ...options })
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

function notYet({ storage }: Repository, where: string, repair: string): CoreError {
  return new CoreError(
    'repository/damaged',
    `No snapshot is removed from ${storage.location}: what seems lost may be in ${where}.`,
    {
      safety: 'Nothing was changed.',
      remedy: `Run \`holdfast repo repair ${repair}\` first, then this again.`,
    },
  )
}
