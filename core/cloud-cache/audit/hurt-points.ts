import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'

/** A recovery point that the cloud alone cannot restore any more. */
export interface HurtPoint {
  readonly snapshot: string
  /** Nobody has all that it needs: it cannot be restored whole from anywhere. */
  readonly isLost: boolean
}

/** Which recovery points need files that the cloud has no more; those that lost something come first. */
export function hurtPoints(journal: Journal, gone: readonly CachedFile[]): HurtPoint[] {
  if (gone.length === 0) return []
  const toSend = new Set<number>()
  const lost = new Set<number>()
  for (const { id, state } of gone) (state === 'evicted' ? lost : toSend).add(id)
  const goneSnapshots = new Set(gone.flatMap(({ kind, name }) => (kind === 'snapshot' ? [name] : [])))
  const hurt: HurtPoint[] = []
  for (const snapshot of journal.needs.known()) {
    let isHurt = goneSnapshots.has(snapshot)
    let isLost = false
    journal.needs.each(snapshot, (pack) => {
      isLost ||= lost.has(pack)
      isHurt ||= isLost || toSend.has(pack)
    })
    if (isHurt) hurt.push({ snapshot, isLost })
  }
  return hurt.toSorted((a, b) => Number(b.isLost) - Number(a.isLost))
}
