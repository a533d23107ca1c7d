import { changeStorage, type Storage } from '../../core/storage/index.ts'

/** What a process that was killed answers. */
export const KILLED = new Error('killed')

/** Where a process is killed: so many changes of a tier were done, and the next one has `begun`, or is `done` and nobody heard. */
export interface KillPoint {
  readonly changes: number
  readonly last: 'begun' | 'done'
}

/** A tier as seen by a process that is killed at that point. Afterwards it changes nothing, and hands out nothing. */
export function killAt(
  tier: Storage,
  { changes, last }: KillPoint,
): { readonly storage: Storage; readonly wasKilled: () => boolean } {
  let left = changes
  let isDead = false
  async function change(work: () => Promise<void>): Promise<void> {
    if (isDead) throw KILLED
    if (left-- > 0) return work()
    isDead = true
    if (last === 'done') await work()
    throw KILLED
  }
  const storage = changeStorage(tier, {
    save: (handle, body, options) => change(() => tier.save(handle, body, options)),
    remove: (handle, options) => change(() => tier.remove(handle, options)),
    load: (handle, options) => (isDead ? Promise.reject(KILLED) : tier.load(handle, options)),
  })
  return { storage, wasKilled: () => isDead }
}
