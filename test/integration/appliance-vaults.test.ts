import { access, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ADMIN_PASSWORD, startAppliance, type TestAppliance } from '../support/appliance.ts'

describe('vaults of an appliance', () => {
  let root: string
  let test: TestAppliance
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-vaults-'))
    test = await startAppliance(root)
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const make = (name: string, path: string, more: { password?: string; signal?: AbortSignal } = {}) => {
    const { password, signal } = more
    const location = { kind: 'directory', path } as const
    const call = { ...test.call, ...(signal && { signal }) }
    return test.appliance.operations.vaults.create(
      { name, location, ...(password !== undefined && { password }) },
      call,
    )
  }
  const names = async () => (await test.appliance.operations.vaults.list({}, test.call)).items.map(({ name }) => name)
  const passwordOf = async (id: string) => {
    const kit = await test.appliance.operations.vaults.exportKit(
      { id, password: ADMIN_PASSWORD, again: true },
      test.call,
    )
    return /^Password: *(\S+)$/m.exec(kit.text)?.[1] ?? ''
  }

  it('have one recovery kit, and another only on purpose', async () => {
    const { vaults } = test.appliance.operations
    const vault = await make('kept', join(root, 'kept'))
    const kit = (again: boolean, password = ADMIN_PASSWORD, call = test.call) =>
      vaults.exportKit({ id: vault.id, password, again }, call)
    expect(vault).toMatchObject({ kitExportedAt: null, kitExportedBy: null })
    // Of several who ask at once, one has it.
    const asked = await Promise.allSettled([kit(false), kit(false), kit(false)])
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { kitExportedAt, kitExportedBy } = await vaults.get({ id: vault.id }, test.call)
    expect(kitExportedBy).toBe('admin')
    await expect(kit(false)).rejects.toMatchObject({
      code: 'policy/unconfirmed',
      message: `The recovery kit of kept was exported already: ${kitExportedAt ?? ''} by admin.`,
      remedy: expect.stringContaining('holdfast export-kit --again') as unknown,
    })
    await expect(kit(true, 'not the password')).rejects.toMatchObject({ code: 'identity/refused' })
    expect((await vaults.get({ id: vault.id }, test.call)).kitExportedAt).toBe(kitExportedAt)
    expect((await kit(true, ADMIN_PASSWORD, test.as({ name: 'the second one' }))).text).toContain('Password:')
    expect(await vaults.get({ id: vault.id }, test.call)).toMatchObject({ kitExportedBy: 'the second one' })
  })

  it('are one for one repository, however its folder is called', async () => {
    const place = join(root, 'disk', 'vault')
    await mkdir(join(root, 'disk'))
    const vault = await make('one', place)
    const password = await passwordOf(vault.id)
    await symlink(join(root, 'disk'), join(root, 'link'))
    for (const path of [`${place}/`, join(root, 'link', 'vault')]) {
      await expect(make('two', path, { password })).rejects.toMatchObject({
        code: 'object/conflict',
        message: expect.stringContaining('is the vault one already') as string,
      })
    }
    await rename(place, join(root, 'moved'))
    await expect(make('two', join(root, 'moved'), { password })).rejects.toMatchObject({
      code: 'object/conflict',
      message: expect.stringContaining('is the vault one already') as string,
      remedy: expect.stringContaining('detach that vault first') as string,
    })
    expect(await names()).toEqual(['one'])
    await test.appliance.operations.vaults.detach({ id: vault.id }, test.call)
    await make('two', join(root, 'moved'), { password })
    expect(await names()).toEqual(['two'])
  })

  it('of two that are made with one name at once, one is refused and has made nothing', async () => {
    const both = await Promise.allSettled([make('same', join(root, 'a')), make('same', join(root, 'b'))])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(both[1]).toMatchObject({ reason: { code: 'object/conflict', context: { field: 'name' } } })
    await expect(access(join(root, 'b'))).rejects.toMatchObject({ code: 'ENOENT' })
    await make('other', join(root, 'b'))
    expect(await names()).toEqual(['other', 'same'])
  })

  it('whose making broke off are made by the next attempt at their place', async () => {
    const place = join(root, 'vault')
    await expect(make('first', place, { signal: AbortSignal.abort(new Error('gone away')) })).rejects.toThrow(
      'gone away',
    )
    expect(await names()).toEqual([])
    const vault = await make('second', place)
    expect(await names()).toEqual(['second'])
    expect(vault).toMatchObject({ state: 'ready', points: 0 })
  })
})
