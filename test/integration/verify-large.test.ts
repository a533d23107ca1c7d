import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { backUpSet } from '../../core/job/kinds/back-up-set.ts'
import { verifySample } from '../../core/job/kinds/verify-sample.ts'
import { type KindScene, openKindScene } from '../support/kind-scene.ts'
import { seededBytes } from '../support/seeded-chance.ts'

const LARGE = 8_000_000
/** A time that can be put back. Seconds. */
const MADE = 1_700_000_000

async function backUpLarge(
  scene: KindScene,
): Promise<{ readonly home: string; readonly verify: () => ReturnType<typeof verifySample> }> {
  const home = join(scene.folder, 'home')
  await mkdir(home)
  await writeFile(join(home, 'image'), seededBytes('large', LARGE))
  await utimes(join(home, 'image'), MADE, MADE)
  const order = { ...scene.base(), kind: 'backup', setId: 'set', host: 'nas', content: scene.content(home) } as const
  const missedFolder = join(scene.folder, 'missed')
  const { point } = await backUpSet({ ...order, missed: 'next-run', missedFolder, ownFolders: [] }, scene.context)
  const verify = () =>
    verifySample(
      {
        ...scene.base(),
        kind: 'verify',
        snapshotId: point?.snapshotId ?? '',
        mostBytes: 1_000_000,
        mostFiles: 100,
        scratch: scene.folder,
      },
      scene.context,
    )
  return { home, verify }
}

it('of a file that is too large to be restored for a test a piece is read, and compared with the source', async () => {
  await using scene = await openKindScene()
  const { home, verify } = await backUpLarge(scene)
  const sound = await verify()
  expect(sound).toMatchObject({ ending: 'done', figures: { filesVerified: 1, filesDiffering: 0 } })
  expect(sound.figures['bytesRestored']).toBeGreaterThan(0)
  expect(sound.cause?.text).toMatch(/^Of 1 large file pieces of .* 1 of them could be compared with their source\.$/)

  // Other bytes under the same size and time: wherever the piece is, it differs.
  const path = join(home, 'image')
  await writeFile(path, Buffer.alloc(LARGE, 1))
  await utimes(path, MADE, MADE)
  expect(await verify()).toMatchObject({ ending: 'warning', figures: { filesVerified: 1, filesDiffering: 1 } })
})

it('a large file whose content is lost fails a verification', async () => {
  await using scene = await openKindScene()
  const { verify } = await backUpLarge(scene)
  const data = join(scene.path, 'data')
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    // Packs of content, not the small one of folders.
    if (entry.isFile() && (await stat(path)).size > 500_000) await writeFile(path, Buffer.alloc(500_000))
  }
  expect(await verify()).toMatchObject({
    ending: 'failed',
    cause: { code: 'verify-lost' },
    figures: { filesVerified: 0, filesLost: 1 },
  })
  expect(scene.missed).toMatchObject([{ kind: 'not-restored' }])
})
