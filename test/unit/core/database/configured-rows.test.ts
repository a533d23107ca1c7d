import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { openCatalog, policyRows, vaultRows } from '../../../../core/database/index.ts'
import { vaultRow } from '../../../support/vault-row.ts'

it('of two that have looked whether a name is free, one is told that it is taken, by a new row and by a new name', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-rows-'))
  const catalog = await openCatalog(join(root, 'catalog.db'))
  try {
    const { rows } = catalog
    await vaultRows.insert(rows, vaultRow({ id: 'a', name: 'nas' }))
    const taken = {
      code: 'object/conflict',
      message: 'There is a vault called nas already.',
      context: { field: 'name' },
    }
    await expect(vaultRows.insert(rows, vaultRow({ id: 'b', name: 'nas' }))).rejects.toMatchObject(taken)
    await vaultRows.insert(rows, vaultRow({ id: 'b', name: 'other' }))
    await expect(vaultRows.update(rows, 'b', { name: 'nas' })).rejects.toMatchObject(taken)
    await vaultRows.insert(rows, vaultRow({ id: 'c', name: 'nas', removed_at: 1 }))
    await expect(vaultRows.update(rows, 'c', { name: 'nas', removed_at: null })).rejects.toMatchObject(taken)

    const policy = { settings: '{}', created_at: 0, changed_at: 0, removed_at: null }
    await policyRows.insert(rows, { ...policy, id: 'p', name: 'daily' })
    await expect(policyRows.insert(rows, { ...policy, id: 'q', name: 'daily' })).rejects.toMatchObject({
      message: 'There is a policy called daily already.',
    })
  } finally {
    await catalog.close()
    await rm(root, { recursive: true })
  }
})
