import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { backUpCatalog } from '../../core/job/kinds/back-up-catalog.ts'
import { backUpSet } from '../../core/job/kinds/back-up-set.ts'
import { forgetPoints } from '../../core/job/kinds/forget-points.ts'
import { verifySample } from '../../core/job/kinds/verify-sample.ts'
import type { RunProgress } from '../../core/job/process/report.ts'
import { type KindScene, openKindScene } from '../support/kind-scene.ts'
import { seededBytes } from '../support/seeded-chance.ts'

/** What was told last in each step of the work, in the order of the steps. */
async function stepsOf(scene: KindScene, work: () => Promise<unknown>): Promise<Map<string, RunProgress>> {
  scene.told.length = 0
  await work()
  return new Map(scene.told.map((progress) => [progress.step, progress]))
}

it('each kind of run says how far it is, in steps that it is done with at the end', async () => {
  await using scene = await openKindScene()
  const home = join(scene.folder, 'home')
  await mkdir(home)
  for (const name of ['one', 'two', 'three']) await writeFile(join(home, name), seededBytes(name, 10_000))
  await writeFile(join(home, 'image'), seededBytes('large', 3_000_000))
  const backup = { kind: 'backup', setId: 'set', host: 'nas', content: scene.content(home), ownFolders: [] } as const
  const missedFolder = join(scene.folder, 'missed')
  const points: string[] = []
  const backUp = async (): Promise<void> => {
    const { point } = await backUpSet({ ...scene.base(), ...backup, missed: 'next-run', missedFolder }, scene.context)
    points.push(point?.snapshotId ?? '')
  }
  const read = (await stepsOf(scene, backUp)).get('read')
  expect(read).toMatchObject({ filesDone: 4, bytesDone: 3_030_000 })

  const verify = {
    ...scene.base(),
    kind: 'verify',
    snapshotId: points[0] ?? '',
    mostBytes: 1_000_000,
    mostFiles: 100,
    scratch: scene.folder,
  } as const
  const verified = await stepsOf(scene, () => verifySample(verify, scene.context))
  expect([...verified.keys()]).toEqual(['draw', 'restore', 'compare', 'pieces'])
  // Folders were looked at, too.
  expect(verified.get('draw')?.filesDone).toBeGreaterThan(4)
  expect(verified.get('restore')).toMatchObject({ filesDone: 3, filesTotal: 3, bytesDone: 30_000, bytesTotal: 30_000 })
  expect(verified.get('compare')).toMatchObject({ filesDone: 3, filesTotal: 3, secondsLeft: 0 })
  expect(verified.get('pieces')).toMatchObject({ filesDone: 1, filesTotal: 1, secondsLeft: 0 })

  const copy = { ...scene.base(), kind: 'catalog-backup', folder: home } as const
  const stored = await stepsOf(scene, () => backUpCatalog(copy, scene.context))
  expect(stored.get('store')).toMatchObject({ filesDone: 4, bytesDone: 3_030_000 })

  await writeFile(join(home, 'one'), 'other')
  await backUp()
  const forget = { ...scene.base(), kind: 'forget', snapshots: points, isConfirmed: true } as const
  const removed = await stepsOf(scene, () => forgetPoints(forget, scene.context))
  expect(removed.get('remove')).toMatchObject({ filesDone: 2, filesTotal: 2, secondsLeft: 0 })
})
