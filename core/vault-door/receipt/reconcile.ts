import { setImmediate } from 'node:timers/promises'

import type { Clock } from '../../base/index.ts'
import type { FileKind, Storage } from '../../storage/index.ts'
import type { Receipts } from './receipts.ts'

/** Those of which there is much. Locks and snapshots keep the time at which they were received. */
const KINDS: readonly FileKind[] = ['pack', 'index']
/** So many names go into SQLite at once: nothing else is heard meanwhile. */
const BATCH = 1000
/** A file that is on its way has a receipt already, and is listed later. Milliseconds. */
const ON_ITS_WAY = 10 * 60_000

/**
 * Has the receipts of a vault say what is there: the appliance's prunes remove files, and make others, of which the door
 * does not hear. What nobody brought is counted for the vault's agent, if it has only one.
 */
export async function reconcileReceipts(
  receipts: Receipts,
  { id, storage }: { readonly id: string; readonly storage: Storage },
  clock: Clock,
): Promise<void> {
  const now = clock.now()
  const [heir, ...others] = receipts.agentsOf(id)
  for (const kind of KINDS) {
    const found = receipts.beginFinding(id, kind)
    let batch: { name: string; size: number }[] = []
    for await (const info of storage.list(kind)) {
      batch.push(info)
      if (batch.length < BATCH) continue
      found.add(batch)
      batch = []
      await setImmediate()
    }
    found.add(batch)
    for (let first = 0; first < 256; first++) {
      const prefix = first.toString(16).padStart(2, '0')
      found.settle(prefix, { lostBefore: now - ON_ITS_WAY, heir: others.length > 0 ? undefined : heir, now })
      if (first % 16 === 15) await setImmediate()
    }
  }
  receipts.recount()
}
