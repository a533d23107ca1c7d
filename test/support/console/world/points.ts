import type { Point, PointEntry } from '../../../../core/contract/index.ts'
import type { Configuration } from './configuration.ts'
import { DAY, GIB, HOUR, idOf, instantAt, NOW } from './ids.ts'
import { sourceIn } from './point-sources.ts'

/** So many of each set, one a day. */
const EACH = 120
/** What a folder of a mail server has, that nobody cleaned for ten years. */
const MANY = 1_000_000

/** The newest first. */
export function makePoints({ sets, vaults }: Configuration): Point[] {
  return Array.from({ length: EACH }, (_, day) =>
    sets.flatMap((set, index): Point[] => {
      const vault = vaults.find(({ id }) => id === set.vault.id)
      if (!vault || set.points === 0) return []
      const at = NOW - 5 * HOUR - index * 60_000 - day * DAY
      const isComplete = !(index === 1 && day === 0) && day % 37 !== 5
      return [
        {
          id: idOf(7, (EACH - day) * 100 + 99 - index),
          snapshotId: (index * 7919 + day * 104_729 + 0x5f2c91).toString(16).padStart(8, '0').repeat(8),
          vault: set.vault,
          set: { id: set.id, name: set.name },
          runId: idOf(6, 10_000 - index),
          host: 'backup-proxy-01',
          roots: set.content.roots,
          startedAt: instantAt(at - 11 * 60_000),
          completedAt: instantAt(at),
          timeZone: index === 1 ? '-05:00' : 'Europe/Berlin',
          kind: day % 30 === index ? 'full' : 'incremental',
          isComplete,
          filesMissed: isComplete ? 0 : 3,
          files: 410_000 + index * 1311,
          bytes: (20 + ((index * 37) % 900)) * GIB,
          bytesAdded: ((index * 104_729 + day * 7919) % 4000) * 5_000_000,
          temperature: day > 90 ? 'cold' : index === 0 && day < 14 ? 'hot' : 'warm',
          restorableFrom: index % 2 === 0 ? sourceIn(day, at) : null,
          keptUntil: day === 0 ? null : instantAt(at + 31 * DAY),
        },
      ]
    }),
  ).flat()
}

const LONG =
  'Minutes of the extraordinary general meeting of 2025-03-17, with all annexes, the corrected list of those who were present and the letter of the auditor (final, really final, signed) – Geschäftsbericht und Anhang für die Gesellschafterversammlung.docx'

/** Part of what a folder of any recovery point holds. */
export function entriesIn(path: string, from: number, limit: number): { items: PointEntry[]; hasMore: boolean } {
  if (path.endsWith('/many')) {
    const count = Math.min(limit, MANY - from)
    return {
      items: Array.from({ length: count }, (_, index) => fileIn(path, from + index)),
      hasMore: from + count < MANY,
    }
  }
  const all = foldersAndFiles(path)
  return { items: all.slice(from, from + limit), hasMore: from + limit < all.length }
}

function fileIn(path: string, index: number): PointEntry {
  const number = String(index).padStart(7, '0')
  // Some names take more than a line, as some do everywhere.
  const name = index % 50 === 7 ? `${number} ${LONG}` : `${number}.eml`
  return entry(path, name, 'file', 900 + ((index * 7919) % 90_000))
}

function foldersAndFiles(path: string): PointEntry[] {
  const depth = path === '/' ? 0 : path.split('/').length - 1
  if (depth === 0) return [entry(path, 'srv', 'folder')]
  if (depth === 1) return ['engineering', 'finance', 'scans'].map((name) => entry(path, name, 'folder'))
  if (path.endsWith('/empty')) return []
  return [
    ...['2024', '2025', '2026', 'empty', 'many'].map((name) => entry(path, name, 'folder')),
    entry(path, 'Budget 2026.xlsx', 'file', 184_320),
    entry(path, 'current', 'link'),
    entry(path, LONG, 'file', 2_400_113),
    entry(path, 'disk-image.raw', 'file', 412 * GIB),
    entry(path, 'old\\xe9.mdb', 'file', 1204),
    entry(path, '議事録の写しと監査人からの書簡.pdf', 'file', 88_201),
  ]
}

function entry(folder: string, name: string, type: PointEntry['type'], size = 0): PointEntry {
  return {
    name,
    path: `${folder === '/' ? '' : folder}/${name}`,
    type,
    size: type === 'file' ? String(size) : null,
    modifiedAt: '2026-11-21T16:03:22.123456789Z',
    mode: type === 'folder' ? 'drwxr-x---' : '-rw-r-----',
    owner: 'm.weber',
    group: 'finance',
    linkTarget: type === 'link' ? '../2026/current' : null,
  }
}
