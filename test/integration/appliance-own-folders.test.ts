import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { protectFolder, startAppliance } from '../support/appliance.ts'

it('an appliance that lies in what it protects backs up neither its vaults nor its data folder, and says so', async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-own-')))
  try {
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home', 'letter'), 'Dear Sirs')
    await using test = await startAppliance(root)
    const { operations } = test.appliance
    const { call } = test
    const { set, vault } = await protectFolder(test, root)
    const run = await test.ended((await operations.runs.backUp({ setId: set.id }, call)).id)
    expect(run).toMatchObject({ state: 'succeeded', result: { filesNew: 1 } })
    const { items } = await operations.runs.events({ id: run.id, limit: 100 }, call)
    expect(items.flatMap(({ code, object }) => (code === 'own-folder-left-out' ? [object] : []))).toEqual([
      join(root, 'vault'),
      join(root, 'appliance'),
    ])

    const inside = { kind: 'directory', path: join(root, 'home', 'second') } as const
    const probed = await operations.vaults.probe({ location: inside }, call)
    expect(probed.findings.find(({ code }) => code === 'protected')?.message).toContain(`It lies in ${root}`)

    await symlink(join(root, 'vault'), join(root, 'home', 'to the vault'))
    await symlink(join(root, 'appliance'), join(root, 'home', 'to the data'))
    for (const [name, refusal] of [
      ['to the vault', 'lies in the vault that it would be backed up to'],
      ['to the data', 'is the data folder of this appliance'],
    ] as const) {
      const roots = [join(root, 'home', name)]
      const content = { roots, excludes: [], excludeCaches: true, excludeLargerThan: null, oneFileSystem: false }
      await expect(operations.sets.update({ id: set.id, content }, call)).rejects.toMatchObject({
        code: 'input/invalid',
        message: expect.stringContaining(refusal) as string,
        context: { field: 'content.roots' },
      })
    }
    expect((await operations.vaults.get({ id: vault.id }, call)).points).toBe(1)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
