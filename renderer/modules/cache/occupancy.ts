import type { Cache } from '../../../core/contract/index.ts'

type Held = NonNullable<Cache['held']>

/**
 * - `local`: only here: lost with this computer.
 * - `moving`: on its way: whether the cloud has it is not certain yet.
 * - `both`: here and in the cloud.
 * - `free`: could be filled still.
 */
export type PartKey = 'local' | 'moving' | 'both' | 'free'

export interface Occupancy {
  /** In the order in which they are drawn. Bytes. */
  readonly parts: readonly { readonly key: PartKey; readonly bytes: number }[]
  /** What they are together. */
  readonly total: number
  /** What it holds of that. */
  readonly used: number
  /** Where the marks are, as shares of the total. Null: nobody knows how much it may hold. */
  readonly marks: { readonly low: number; readonly high: number } | null
  /** Its disk has less room than it may take. */
  readonly isShort: boolean
}

/** How full a cache is, by where its data is. Undefined where it cannot be read. */
export function occupancyOf({
  held,
  bytesFree,
  settings,
}: Pick<Cache, 'held' | 'bytesFree' | 'settings'>): Occupancy | undefined {
  if (held === null) return undefined
  const moving = held.uploading.bytes + held.uploaded.bytes
  const used = held.local.bytes + moving + held.verified.bytes
  const { capacityBytes, highMark, lowMark } = settings
  const onDisk = bytesFree ?? (capacityBytes === null ? 0 : Infinity)
  const allowed = capacityBytes === null ? onDisk : Math.max(0, capacityBytes - used)
  const free = Math.min(allowed, onDisk)
  const total = used + free
  const capacity = capacityBytes ?? (bytesFree === null ? undefined : total)
  const shareOf = (percent: number): number => Math.min(1, ((capacity ?? 0) * percent) / 100 / total)
  return {
    parts: [
      { key: 'local', bytes: held.local.bytes },
      { key: 'moving', bytes: moving },
      { key: 'both', bytes: held.verified.bytes },
      { key: 'free', bytes: free },
    ],
    total,
    used,
    marks: capacity === undefined || total === 0 ? null : { low: shareOf(lowMark), high: shareOf(highMark) },
    isShort: allowed > onDisk,
  }
}

/** What the cloud has not got for certain, and would be lost with this computer. */
export function waitingOf({ local, uploading }: Pick<Held, 'local' | 'uploading'>): { bytes: number; files: number } {
  return { bytes: local.bytes + uploading.bytes, files: local.files + uploading.files }
}
