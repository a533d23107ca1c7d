import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { makeVaultRow } from '../../../../core/appliance/operations/make-vault-row.ts'
import { passwordContext } from '../../../../core/appliance/runs/vault-secrets.ts'
import { type Clock, systemChance, systemClock } from '../../../../core/base/index.ts'
import { openCatalog, vaultRows } from '../../../../core/database/index.ts'
import { createSealingKey } from '../../../../core/secret/index.ts'
import { proveVault } from '../../../../core/vault/index.ts'

it('the password of a repository is kept whenever the making of its vault breaks off, and the vault is made later', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-made-'))
  const catalog = await openCatalog(join(root, 'catalog.db'))
  try {
    const key = createSealingKey(Buffer.alloc(32, 7), systemChance)
    const place = { kind: 'directory', path: join(root, 'vault') } as const
    const make = (name: string, clock: Clock) =>
      makeVaultRow({ catalog, key, clock, chance: systemChance }, { name, place }, {})
    // When the repository is there and is to be noted.
    await expect(make('first', breakingAt(3))).rejects.toThrow('ended here')
    expect(await vaultRows.list(catalog.rows)).toEqual([])

    const id = await make('second', systemClock)
    const [vault, ...more] = await vaultRows.list(catalog.rows)
    expect(more).toEqual([])
    expect(vault).toMatchObject({ id, name: 'second', removed_at: null })
    const password = key.open(vault?.password_sealed ?? '', passwordContext(id))
    expect(await proveVault(place, password)).toBe(vault?.repository_id)

    // What is there is somebody's now.
    await vaultRows.update(catalog.rows, id, { removed_at: 1 })
    await expect(make('third', systemClock)).rejects.toMatchObject({
      code: 'object/conflict',
      remedy: expect.stringContaining('give its password') as string,
    })
  } finally {
    await catalog.close()
    await rm(root, { recursive: true })
  }
})

function breakingAt(call: number): Clock {
  let calls = 0
  return {
    ...systemClock,
    now() {
      if (++calls === call) throw new Error('ended here')
      return systemClock.now()
    },
  }
}
