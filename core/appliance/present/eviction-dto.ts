import { type EvictionPreview, MOST_PREVIEWED } from '../../contract/index.ts'
import type { PreviewedEviction } from '../caches/eviction-preview.ts'
import { instant } from './instant.ts'
import type { Names } from './names.ts'

export function evictionDto({ preview, touched }: PreviewedEviction, names: Pick<Names, 'set'>): EvictionPreview {
  return {
    heldBytes: preview.held,
    targetBytes: preview.target,
    files: preview.files,
    bytes: preview.bytes,
    shortBytes: preview.short,
    keptHotBytes: preview.keptHot,
    keptUnsentBytes: preview.keptUnsent,
    keptFixedBytes: preview.keptFixed,
    unlookedPoints: preview.unknown.length,
    touchedPoints: touched.length,
    points: touched.slice(0, MOST_PREVIEWED).map(({ point, bytes }) => ({
      id: point.id,
      set: names.set(point.set_id),
      completedAt: instant(point.completed_at),
      bytes,
    })),
  }
}
