import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { type DoorAnswer, openTestDoor, type TestDoor } from '../support/door.ts'
import { type Filling, type PathField, pathFields } from '../support/path-fields.ts'

const OPERATES = ['own', 'view', 'browse', 'restore', 'operate'] as const

/** Those whose answer is data of the folder, or a place that is written to: an operator may call them. */
const isOperators = ({ name }: PathField): boolean => name.startsWith('points.') || name.startsWith('restores.')

/** Whether it names what is written to, or what is looked for on this computer, as against in a recovery point. */
const isPlace = ({ name, field }: PathField): boolean => name === 'restores.browseTarget' || field === 'target.path'

describe('paths that lead elsewhere, in what is sent to any operation of a real appliance', () => {
  let root: string
  let test: TestAppliance
  let at: TestDoor
  let filling: Filling
  const tokens = { operator: '', administrator: '' }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-paths-'))
    for (const folder of ['home/anna', 'home/bert', 'restored']) await mkdir(join(root, folder), { recursive: true })
    await writeFile(join(root, 'home', 'anna', 'letter.txt'), 'Dear Sirs,\n')
    await writeFile(join(root, 'home', 'bert', 'salary.txt'), 'a secret\n')
    await symlink(join(root, 'home', 'bert'), join(root, 'home', 'anna', 'link'))
    test = await startAppliance(root)
    const { operations } = test.appliance
    const { set, vault, policy } = await protectFolder(test, join(root, 'home'))
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    await symlink(join(root, 'home', 'bert'), join(root, 'restored', 'link'))
    const source = (await operations.sources.list(undefined, test.call)).items[0]
    const point = (await operations.points.list({ limit: 1 }, test.call)).items[0]
    const reach = { sourceRoots: [join(root, 'home', 'anna')], restoreRoots: [join(root, 'restored')] }
    const otto = { name: 'otto', password: 'operates at night', role: 'operator' } as const
    const { id: userId } = await operations.users.create({ ...otto, ...reach }, test.call)
    const as = test.as({ ...reach, userId, name: 'otto', role: 'operator', access: [...OPERATES] })
    const wanted = { name: 'paths', days: 1 }
    tokens.operator = (await operations.tokens.create({ ...wanted, access: [...OPERATES] }, as)).secret
    const all = [...OPERATES, 'configure' as const, 'administer' as const]
    tokens.administrator = (await operations.tokens.create({ ...wanted, access: all }, test.call)).secret
    const ids: Readonly<Record<string, string | undefined>> = {
      'points.id': point?.id,
      pointId: point?.id,
      'sets.id': set.id,
      setId: set.id,
      'sources.id': source?.id,
      sourceId: source?.id,
      'vaults.id': vault.id,
      vaultId: vault.id,
      policyId: policy.id,
      'users.id': userId,
    }
    filling = {
      idOf(field) {
        const id = ids[field]
        if (id === undefined) throw new Error(`nobody knows what id ${field} is`)
        return id
      },
      pathOf: (field) => (field.startsWith('target') ? join(root, 'restored') : join(root, 'home', 'anna')),
    }
    at = await openTestDoor({ appliance: test.appliance })
  })
  afterAll(async () => {
    await at.door.close({ within: 1000 })
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const send = (each: PathField, path: string, by: keyof typeof tokens): Promise<DoorAnswer> => {
    const request = each.request(path, filling)
    const json = request.body === undefined ? {} : { 'content-type': 'application/json' }
    return at.send({ ...request, headers: { authorization: `Bearer ${tokens[by]}`, ...json } })
  }
  const ownOf = (each: PathField): string => (isPlace(each) ? join(root, 'restored') : join(root, 'home', 'anna'))

  /** By each of them one who follows it gets out of what is his. */
  const waysOut = (each: PathField): string[] => {
    const own = ownOf(each)
    const bert = join(root, 'home', 'bert')
    const up = isPlace(each) ? '../home/bert' : '../bert'
    return [
      bert,
      `${own}/${up}`,
      `${own}/./x/../${up}`,
      `${own}//${up}`,
      String.raw`${own}/\x2e\x2e/${up.slice(3)}`,
      `/${bert}`,
      `${'/..'.repeat(40)}${bert}`,
      `${own}${'/x'.repeat(5000)}${'/..'.repeat(5000)}/${up}`,
      `//evil.example${bert}`,
      '/proc/self/root/etc',
      '/proc/self/cwd',
      join(root, 'appliance'),
      // In a recovery point a link is a name like others; on this computer it is followed.
      ...(isPlace(each) ? [`${own}/link`, `${own}/link/below`] : []),
    ]
  }
  /** They look like it, and are names like others. */
  const plainNames = (each: PathField): string[] =>
    ['%2e%2e/bert', '..%2fbert', '%00', '..;', '...', '.. ', '\\\\evil.example\\\\share', '\u202e..', 'link'].map(
      (name) => `${ownOf(each)}/${name}`,
    )

  const operators = pathFields.filter(isOperators)

  it.each(operators)('lead $name out of nothing by $field', async (each) => {
    for (const path of waysOut(each)) {
      const { status, body, text } = await send(each, path, 'operator')
      expect([path.slice(0, 200), status, text], text).toEqual([path.slice(0, 200), expect.toSatisfy(isRefused), text])
      expect(body.data?.['remedy']).toEqual(expect.any(String))
      expect(text).not.toContain('salary')
    }
  })

  it.each(operators)('and what only looks like it $name takes for a name, by $field', async (each) => {
    // What is refused above is not refused whatever it is.
    expect((await send(each, ownOf(each), 'operator')).status).toBeLessThan(300)
    for (const path of plainNames(each)) {
      const { status, text } = await send(each, path, 'operator')
      expect(status, `${path} ${text}`).toBeLessThan(500)
      expect(text).not.toContain('salary')
    }
  })

  it.each(pathFields.filter((each) => !isOperators(each)))(
    '$name is nothing for an operator, whatever is in $field',
    async (each) => {
      for (const path of [...waysOut(each), ...plainNames(each)])
        expect((await send(each, path, 'operator')).status).toBe(403)
    },
  )

  it('make no vault in the data folder, by whatever name', async () => {
    const create = pathFields.find(({ name }) => name === 'vaults.create')
    if (!create) throw new Error('vaults.create takes no path')
    await symlink(join(root, 'appliance'), join(root, 'by-another-name'))
    const before = await readdir(join(root, 'appliance'))
    for (const path of [
      'appliance/v',
      'home/../appliance/v',
      'by-another-name/v',
      './/appliance//v',
      'x/../by-another-name/v',
    ]) {
      const { status, text } = await send(create, `${root}/${path}`, 'administrator')
      expect([path, status], text).toEqual([path, 409])
    }
    expect(await readdir(join(root, 'appliance'))).toEqual(before)
  })

  it('and have changed nothing but what they may', async () => {
    const { operations } = test.appliance
    for (const { id } of (await operations.runs.list({ limit: 500, kind: 'restore' }, test.call)).items)
      await test.ended(id)
    expect((await readdir(root)).toSorted()).toEqual(['appliance', 'by-another-name', 'home', 'restored', 'vault'])
    expect(await readdir(join(root, 'home'))).toEqual(['anna', 'bert'])
    expect(await readdir(join(root, 'home', 'bert'))).toEqual(['salary.txt'])
    expect(await readFile(join(root, 'home', 'bert', 'salary.txt'), 'utf8')).toBe('a secret\n')
    expect((await readdir(join(root, 'home', 'anna'))).toSorted()).toEqual(['letter.txt', 'link'])
    expect(await filesBelow(join(root, 'restored'))).not.toContain('salary.txt')
    expect((await operations.vaults.list(undefined, test.call)).items).toHaveLength(1)
  })
})

/** Not that nothing was found: somebody who looks there at all may find something another time. */
const isRefused = (status: number): boolean => status === 400 || status === 403

async function filesBelow(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map(({ name }) => name)
}
