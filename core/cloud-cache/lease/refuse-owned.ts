import { type Abortable, type Clock, systemClock } from '../../base/index.ts'
import type { SharedNote } from '../../storage/index.ts'
import { LAPSES_AFTER } from './lease.ts'
import { ownedBy } from './not-owner.ts'
import { type Appliance, readOwner } from './owner-note.ts'

/**
 * For who deletes in the cloud without a cache: what another appliance's cache has not sent yet may refer to it.
 *
 * @throws CoreError `cache/not-owner` where another one owns it.
 */
export async function refuseOwned(
  note: SharedNote,
  { id }: Appliance,
  { signal, clock = systemClock }: Abortable & { readonly clock?: Clock } = {},
): Promise<void> {
  const there = await note.read({ signal })
  const owner = there && readOwner(there.body)
  if (!owner || owner.isFree || owner.appliance.id === id || clock.now() - owner.renewed > LAPSES_AFTER) return
  throw ownedBy(owner)
}
