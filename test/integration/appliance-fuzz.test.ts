import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { documentedOperations, requestArbitrary } from '../support/documented-requests.ts'
import { openTestDoor, type TestDoor } from '../support/door.ts'

/** Of each operation and person, drawn by the seed. */
const CASES = Number(process.env['HOLDFAST_CASES'] ?? 8)

/** They begin, change or end what the tests stand on. The double's test (`gateway-fuzz`) has them, too. */
const LEFT_OUT = new Set(['session.signOut', 'events.watch', 'account.changePassword', 'account.removeTotp'])

/** Paths that lead elsewhere. */
const TRICKS = ['/etc/shadow', '/../etc/shadow', '/home/../../etc', '//etc', '/proc/self/root', '/\\x2e\\x2e/etc', '/']

describe('a real appliance, sent whatever a program sends that has read the OpenAPI document', () => {
  let root: string
  let test: TestAppliance
  let at: TestDoor
  let pointId: string
  const ids: string[] = []
  const tokens = { administrator: '', operator: '' }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'))
    await mkdir(join(root, 'home', 'anna'), { recursive: true })
    await writeFile(join(root, 'home', 'anna', 'letter.txt'), 'Dear Sirs,\n')
    test = await startAppliance(root)
    const { operations } = test.appliance
    const { set, vault, policy } = await protectFolder(test, join(root, 'home'))
    const run = await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    pointId = (await operations.points.list({ limit: 1 }, test.call)).items[0]?.id ?? ''
    ids.push(set.id, vault.id, policy.id, run.id, pointId)
    const reach = { sourceRoots: [join(root, 'home', 'anna')], restoreRoots: [join(root, 'restored')] }
    const operator = { name: 'otto', password: 'operates at night', role: 'operator' } as const
    const { id } = await operations.users.create({ ...operator, ...reach }, test.call)
    const asOtto = test.as({
      ...reach,
      userId: id,
      name: 'otto',
      role: 'operator',
      access: ['own', 'view', 'browse', 'restore', 'operate'],
    })
    const wanted = { name: 'fuzz', days: 1 }
    tokens.operator = (
      await operations.tokens.create({ ...wanted, access: ['own', 'view', 'browse', 'restore', 'operate'] }, asOtto)
    ).secret
    tokens.administrator = (
      await operations.tokens.create(
        { ...wanted, access: ['own', 'view', 'browse', 'restore', 'operate', 'configure', 'administer'] },
        test.call,
      )
    ).secret
    at = await openTestDoor({ appliance: test.appliance })
  })
  afterAll(async () => {
    await at.door.close({ within: 1000 })
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  // What an administrator changes by chance may be anywhere on this computer: he only looks. The operator does all he may.
  const asked = documentedOperations
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((each) =>
      (each.method === 'get' ? (['operator', 'administrator'] as const) : (['operator'] as const)).map((by) =>
        Object.assign({ by }, each),
      ),
    )

  it.each(asked)('answers $name of the $by, or says what is wrong', async ({ path, method, operation, by }) => {
    await fc.assert(
      fc.asyncProperty(requestArbitrary(path, method, operation, ids), async (request) => {
        const json = request.body === undefined ? {} : { 'content-type': 'application/json' }
        const { status, text } = await at.send({
          ...request,
          headers: { authorization: `Bearer ${tokens[by]}`, ...json },
        })
        expect(status, `${request.method} ${request.path} ${request.body} ${text}`).toBeLessThan(500)
      }),
      { numRuns: CASES },
    )
    expect(at.said).toEqual([])
  })

  it.each(TRICKS)('shows, plans and gives nothing to whoever may not have it by the path %s', async (trick) => {
    const headers = { authorization: `Bearer ${tokens.operator}`, 'content-type': 'application/json' }
    const query = new URLSearchParams({ path: trick }).toString()
    const request = { pointId, paths: [join(root, 'home', 'anna')], overwrite: 'never', verify: false }
    for (const sent of [
      { method: 'GET', path: `/api/v1/points/${pointId}/download?${query}` },
      {
        method: 'POST',
        path: '/api/v1/restores',
        body: JSON.stringify({ ...request, target: { kind: 'folder', path: trick } }),
      },
      {
        method: 'POST',
        path: '/api/v1/restores',
        body: JSON.stringify({ ...request, paths: [trick], target: { kind: 'original' } }),
      },
    ]) {
      const { status, text } = await at.send({ ...sent, headers })
      expect([400, 403], text).toContain(status)
    }
    const browsed = await at.send({ path: `/api/v1/points/${pointId}/entries?${query}`, headers })
    if (trick === '/') expect(JSON.stringify(browsed.body)).not.toContain('etc')
    else expect([400, 403], browsed.text).toContain(browsed.status)
  })

  it('has all that it had', async () => {
    const { operations } = test.appliance
    expect((await operations.sets.list(undefined, test.call)).items).toHaveLength(1)
    expect((await operations.users.list(undefined, test.call)).items).toHaveLength(2)
    expect(await operations.points.get({ id: pointId }, test.call)).toMatchObject({ id: pointId })
  })
})
