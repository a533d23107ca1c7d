import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import {
  askEvictionPreview,
  makeCacheFolder,
  openCacheFolder,
  previewEviction,
} from '../../../../core/cloud-cache/index.ts'
import { bringTo, journalSaved } from '../../../support/cache-journal.ts'

const nameOf = (number: number): string => number.toString(16).padStart(64, '0')
const [OLD, BETWEEN, NEW, UNLOOKED] = [101, 102, 103, 104].map(nameOf) as [string, string, string, string]
const pointOf = (snapshot: string, completed: number, isHot = false) => ({ snapshot, completed, isHot })
const POINTS = [pointOf(OLD, 1), pointOf(BETWEEN, 2), pointOf(NEW, 3, true)]

/** Four packs of 100 bytes: one of the oldest point alone, two that it shares with the next, one that a hot one needs. */
async function openScene() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-preview-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const place = { folder, repositoryId: 'a'.repeat(64), capacity: 400 }
  await makeCacheFolder(place)
  const cache = await openCacheFolder(place)
  onTestFinished(() => cache[Symbol.dispose]())
  const { journal } = cache
  journal.setBuilt()
  for (let number = 1; number <= 4; number++) {
    const handle = { kind: 'pack', name: nameOf(number) } as const
    journalSaved(journal, handle, 100)
    journal.files.markEvictable([handle.name])
    bringTo(journal, handle, 'verified')
    // They were all read long before any point was made: what needs them counts.
    const file = journal.files.find(handle)
    if (file) journal.files.touch(file, number - 1000)
  }
  journal.needs.save(OLD, [1, 2, 3].map(nameOf), 0)
  journal.needs.save(BETWEEN, [2, 3].map(nameOf), 0)
  journal.needs.save(NEW, [4].map(nameOf), 0)
  return { place, journal }
}

it('tells what would go, and of which points how much, also below the higher mark', async () => {
  const { journal } = await openScene()
  expect(previewEviction(journal, POINTS, { capacity: 400, highMark: 100, lowMark: 50 })).toEqual({
    held: 400,
    target: 200,
    files: 2,
    bytes: 200,
    short: 0,
    keptHot: 100,
    keptUnsent: 0,
    keptFixed: 0,
    unknown: [],
    points: [
      { snapshot: OLD, bytes: 200 },
      { snapshot: BETWEEN, bytes: 100 },
    ],
  })
})

it('tells by how much it falls short, and touches nothing that is hot', async () => {
  const { journal } = await openScene()
  const preview = previewEviction(journal, POINTS, { capacity: 100, highMark: 100, lowMark: 50 })
  expect(preview).toMatchObject({ files: 3, bytes: 300, short: 50, keptHot: 100 })
  expect(preview.points.map(({ snapshot }) => snapshot)).toEqual([OLD, BETWEEN])
})

it('names no point where nothing would go, because nobody has looked what a hot one needs', async () => {
  const { journal } = await openScene()
  const points = [...POINTS, pointOf(UNLOOKED, 4, true)]
  expect(previewEviction(journal, points, { capacity: 100, highMark: 100, lowMark: 50 })).toMatchObject({
    files: 0,
    unknown: [UNLOOKED],
    points: [],
  })
})

it('is the same where a thread is asked, and what that fails with arrives whole', async () => {
  const { place, journal } = await openScene()
  const marks = { highMark: 100, lowMark: 50 }
  expect(await askEvictionPreview({ place, points: POINTS, marks })).toEqual(
    previewEviction(journal, POINTS, { capacity: 400, ...marks }),
  )
  const other = { ...place, repositoryId: 'b'.repeat(64) }
  await expect(askEvictionPreview({ place: other, points: POINTS, marks })).rejects.toMatchObject({
    name: 'CoreError',
    code: 'cache/unusable',
    remedy: expect.any(String) as string,
  })
})
