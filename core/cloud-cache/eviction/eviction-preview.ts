import { Worker } from 'node:worker_threads'

import { arrivedError, type CarriedError } from '../../base/index.ts'
import type { CachePlace } from '../cache-folder.ts'
import type { Journal } from '../journal/journal.ts'
import { type EvictionPlan, type EvictionRoom, planEviction } from './eviction-plan.ts'
import { type NeedingPoint, readPackUses } from './pack-uses.ts'

/** What would go if somebody wanted room now, and what that would mean for recovery points. Bytes. */
export interface EvictionPreview extends Omit<EvictionPlan, 'files'> {
  /** How many packs would go. */
  readonly files: number
  /** Points of which something would go that is in the local tier now: it would have to come from the cloud. */
  readonly points: readonly { readonly snapshot: string; readonly bytes: number }[]
}

/** What the thread is started with. */
export interface PreviewData {
  readonly place: CachePlace & { readonly capacity?: number | undefined }
  readonly points: readonly NeedingPoint[]
  readonly marks: Pick<EvictionRoom, 'highMark' | 'lowMark'>
}

export function previewEviction(
  journal: Journal,
  points: readonly NeedingPoint[],
  room: EvictionRoom,
): EvictionPreview {
  const { files, ...plan } = planEviction(journal, { ...room, ...readPackUses(journal, points), isWanted: true })
  const going = new Map(files.map(({ id, size }) => [id, size]))
  const touched: { readonly snapshot: string; readonly bytes: number }[] = []
  for (const { snapshot } of going.size === 0 ? [] : points) {
    let bytes = 0
    journal.needs.each(snapshot, (pack) => (bytes += going.get(pack) ?? 0))
    if (bytes > 0) touched.push({ snapshot, bytes })
  }
  return { ...plan, files: files.length, points: touched }
}

/** What the thread says at its end. */
export type PreviewAnswer =
  | { readonly type: 'preview'; readonly preview: EvictionPreview }
  | { readonly type: 'failed'; readonly error: CarriedError }

/**
 * The same in a thread of its own: a million packs take seconds, in which the service has others to answer. Rejects with what
 * the thread failed with.
 */
export async function askEvictionPreview(data: PreviewData): Promise<EvictionPreview> {
  const worker = new Worker(new URL('./preview-worker.ts', import.meta.url), { workerData: data })
  const answer = await new Promise<PreviewAnswer>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The thread that was to say what would go ended without an answer.')))
  })
  if (answer.type === 'failed') throw arrivedError(answer.error)
  return answer.preview
}
