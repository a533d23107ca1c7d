import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { backUpSet } from '../../core/job/kinds/back-up-set.ts'
import { createTreeLoader } from '../../core/repository/index.ts'
import { formatEntryPath, loadSnapshot, walkTree } from '../../core/snapshot/index.ts'
import { type KindScene, openKindScene } from '../support/kind-scene.ts'
import { seededBytes } from '../support/seeded-chance.ts'

describe('what is the appliance’s own is not backed up', () => {
  it.each(['top/home', 'link/home'])(
    'a vault in what is protected is left out, and the log says so (root: %s)',
    async (name) => {
      await using scene = await openKindScene((folder) => join(folder, 'top', 'home', 'deep', 'vault [1]'))
      const top = join(scene.folder, 'top', 'home')
      await writeFile(join(top, 'file'), seededBytes('own', 1_000_000))
      await mkdir(join(top, 'deep', 'vault'))
      await writeFile(join(top, 'deep', 'vault', 'letter'), 'of a person')
      await symlink(join(scene.folder, 'top'), join(scene.folder, 'link'))
      const data = join(top, 'appliance')
      await mkdir(data)
      await writeFile(join(data, 'sealing.key'), 'secret')

      const root = join(scene.folder, name)
      const first = await backUp(scene, root, [scene.path, data], [`!${scene.path}`])
      const below = first.paths.flatMap((path) => path.split(`/${name}/`)[1] ?? [])
      expect(below.toSorted()).toEqual(['deep', 'deep/vault', 'deep/vault/letter', 'file'])
      expect(scene.lines.filter(({ code }) => code === 'own-folder-left-out').map(({ object }) => object)).toEqual([
        join(root, 'deep', 'vault [1]'),
        join(root, 'appliance'),
      ])
      const again = await backUp(scene, root, [scene.path, data])
      expect(again.outcome.figures['bytesAdded']).toBeLessThan(20_000)
    },
  )

  it('a root in the very vault is refused, and nothing is stored', async () => {
    await using scene = await openKindScene()
    await expect(backUp(scene, join(scene.path, 'data'), [scene.path])).rejects.toMatchObject({
      code: 'object/conflict',
    })
    expect(await scene.snapshots()).toEqual([])
  })

  it('another vault that is named is backed up', async () => {
    await using scene = await openKindScene()
    const other = join(scene.folder, 'other vault')
    await mkdir(other)
    await writeFile(join(other, 'config'), 'sealed')
    const { paths } = await backUp(scene, other, [scene.path, other])
    expect(paths.some((path) => path.endsWith('/other vault/config'))).toBe(true)
  })
})

async function pathsOf(scene: KindScene, id: string): Promise<string[]> {
  const repository = await scene.open()
  const snapshot = await loadSnapshot(repository, id)
  const trees = createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' }))
  const paths: string[] = []
  await walkTree<Buffer>(
    trees,
    Buffer.from(snapshot.tree, 'hex'),
    Buffer.alloc(0),
    {
      entry(node, folder) {
        const path = Buffer.concat([folder, Buffer.from('/'), node.name])
        paths.push(formatEntryPath(path))
        return node.type === 'dir' ? path : undefined
      },
      unreadable(_folder, error) {
        throw error
      },
      pause: () => undefined,
    },
    {},
  )
  return paths
}

async function backUp(scene: KindScene, root: string, ownFolders: string[], excludes: string[] = []) {
  const content = { ...scene.content(root), excludes }
  const order = { ...scene.base(), kind: 'backup', setId: 'set', host: 'nas', content, ownFolders } as const
  const missedFolder = join(scene.folder, 'missed')
  const outcome = await backUpSet({ ...order, missed: 'next-run', missedFolder }, scene.context)
  return { outcome, paths: await pathsOf(scene, outcome.point?.snapshotId ?? '') }
}
