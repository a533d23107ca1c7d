import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Log } from '../../../../core/appliance/data/open-log.ts'
import type { VaultReaders } from '../../../../core/appliance/runs/vault-readers.ts'
import { createVaultWatch, type VaultWatch } from '../../../../core/appliance/upkeep/vault-watch.ts'
import { CoreError, systemChance, systemClock } from '../../../../core/base/index.ts'
import { type Catalog, openCatalog, vaultRows } from '../../../../core/database/index.ts'
import { vaultRow } from '../../../support/vault-row.ts'

describe('looking at vaults', () => {
  let root: string
  let catalog: Catalog
  let watch: VaultWatch
  let asked: string[]
  let logged: unknown[]
  let answers: Record<string, () => Promise<never>>
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-watch-'))
    catalog = await openCatalog(join(root, 'catalog.db'))
    asked = []
    logged = []
    answers = {}
    watch = watching(60_000)
  })
  afterEach(async () => {
    await watch.close()
    await catalog.close()
    await rm(root, { recursive: true })
  })

  const watching = (patience: number) =>
    createVaultWatch({
      catalog,
      readers: {
        access(id: string) {
          asked.push(id)
          return answers[id]?.() ?? Promise.reject(away)
        },
      } as unknown as VaultReaders,
      clock: systemClock,
      chance: systemChance,
      log: { error: (line: unknown) => void logged.push(line) } as unknown as Log,
      onChange: () => undefined,
      onLooked: () => undefined,
      patience,
    })
  const away = new CoreError('storage/unreachable', 'It is not mounted.')
  const insert = (id: string) => vaultRows.insert(catalog.rows, vaultRow({ id, name: id }))
  const found = async (id: string) => {
    const { state, problem } = (await vaultRows.find(catalog.rows, id)) ?? {}
    return { state, problem }
  }

  it('goes on with the others where one hangs, and says that it does not answer', async () => {
    await insert('hung')
    await insert('other')
    answers['hung'] = () => Promise.withResolvers<never>().promise
    watch = watching(50)
    await watch.lookAtAll()
    expect(await found('other')).toMatchObject({ state: 'unreachable', problem: 'It is not mounted.' })
    await vi.waitFor(async () =>
      expect(await found('hung')).toMatchObject({
        state: 'unreachable',
        problem: expect.stringContaining('has not answered within') as string,
      }),
    )
  })

  it('goes on with the others where one fails in a way that nobody thought of, and notes it', async () => {
    for (const id of ['a', 'b', 'c']) await insert(id)
    answers['b'] = () => Promise.reject(new TypeError('that is none'))
    await watch.lookAtAll()
    expect((await found('a')).state).toBe('unreachable')
    expect((await found('b')).state).toBe('ready')
    expect((await found('c')).state).toBe('unreachable')
    expect(logged).toMatchObject([{ vaultId: 'b' }])
  })

  it('looks at a vault once at a time, and once more for all who ask meanwhile', async () => {
    await insert('one')
    const { promise, reject } = Promise.withResolvers<never>()
    answers['one'] = () => promise
    const first = watch.look('one', 'points')
    const more = [watch.look('one', 'room'), watch.look('one', 'thorough')]
    await vi.waitFor(() => expect(asked).toEqual(['one']))
    delete answers['one']
    reject(away)
    await Promise.all([first, ...more])
    expect(asked).toEqual(['one', 'one'])
  })

  it('keeps nobody who stops it waiting for what hangs, and notes nothing then', async () => {
    await insert('hung')
    const { promise, reject } = Promise.withResolvers<never>()
    answers['hung'] = () => promise
    const looked = watch.look('hung', 'points')
    await vi.waitFor(() => expect(asked).toEqual(['hung']))
    const closed = watch.close()
    await looked
    reject(away)
    await closed
    expect(await found('hung')).toEqual({ state: 'ready', problem: null })
    await watch.look('hung', 'points')
    expect(asked).toEqual(['hung'])
  })
})
