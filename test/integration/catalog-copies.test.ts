import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUpCatalog } from '../../core/job/kinds/back-up-catalog.ts'
import { backUpSet } from '../../core/job/kinds/back-up-set.ts'
import { pruneVault } from '../../core/job/kinds/prune-vault.ts'
import { type KindScene, openKindScene } from '../support/kind-scene.ts'
import { seededBytes } from '../support/seeded-chance.ts'

describe('copies of the catalog in a vault', () => {
  let scene: KindScene
  beforeEach(async () => {
    scene = await openKindScene()
  })
  afterEach(() => scene[Symbol.asyncDispose]())

  async function copy(of = 'catalog-copy-vault'): Promise<void> {
    const folder = join(scene.folder, of)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'catalog.db'), `of ${Math.random()}`)
    const outcome = await backUpCatalog({ ...scene.base(), kind: 'catalog-backup', folder }, scene.context)
    expect(outcome.ending).toBe('done')
  }

  it('are ten of a day, and the first one while there are few days; those of another catalog stay', async () => {
    await copy('catalog-copy-other')
    const [other] = await scene.snapshots()
    for (let made = 0; made < 12; made++) await copy()
    const left = await scene.snapshots()
    expect(left).toHaveLength(12)
    expect(left).toContain(other)
    expect(scene.lines.filter(({ code }) => code === 'copies-removed')).toHaveLength(1)
  })

  it('are no recovery points: without any other a prune asks first (RET-22)', async () => {
    const home = join(scene.folder, 'home')
    await mkdir(home)
    await writeFile(join(home, 'file'), seededBytes('pruned', 2_000_000))
    const backup = { ...scene.base(), kind: 'backup', setId: 'set', host: 'nas', content: scene.content(home) } as const
    const missedFolder = join(scene.folder, 'missed')
    await backUpSet({ ...backup, missed: 'next-run', missedFolder, ownFolders: [] }, scene.context)
    const [point] = await scene.snapshots()
    await copy()

    const prune = (isConfirmed: boolean) =>
      pruneVault(
        {
          ...scene.base(),
          kind: 'prune',
          graceSeconds: 0,
          isConfirmed,
          clocks: {},
          appliance: { id: 'this', name: 'nas' },
        },
        scene.context,
      )
    expect((await prune(false)).ending).toBe('done')
    await rm(join(scene.path, 'snapshots', point ?? ''))
    const packs = async () =>
      (await readdir(join(scene.path, 'data'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
        .length
    const before = await packs()
    await expect(prune(false)).rejects.toMatchObject({
      code: 'policy/unconfirmed',
      message: expect.stringContaining('There is no recovery point in this vault') as string,
    })
    expect(await packs()).toBe(before)
    expect(await prune(true)).toMatchObject({ ending: 'done' })
    expect(await packs()).toBeLessThan(before)
  })
})
