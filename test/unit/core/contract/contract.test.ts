import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { describe, expect, it } from 'vitest'

import { contract, isGranted, type Role } from '../../../../core/contract/index.ts'
import { listOperations } from '../../../support/operations.ts'

const operations = listOperations()

describe('the contract', () => {
  it('has each method and path once', () => {
    const routes = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
    expect(routes.toSorted()).toEqual([...new Set(routes)].toSorted())
  })

  it.each(operations)('$name says what it asks of its caller, and may answer with every error', ({ procedure }) => {
    const { meta, errorMap, route } = procedure['~orpc']
    expect(meta.access).toBeTypeOf('string')
    expect(Object.keys(errorMap)).toHaveLength(10)
    expect(route.summary).toMatch(/^\w.{5,}/)
  })

  it('lets nobody who is not signed in do more than sign in and set up', () => {
    const open = operations.filter(({ meta }) => isGranted(undefined, meta.access)).map(({ name }) => name)
    expect(open.toSorted()).toEqual(['health.get', 'session.signIn', 'setup.begin', 'setup.get'])
  })

  it('keeps of every change who made it', () => {
    const reading = new Set([
      'vaults.probe',
      'caches.simulate',
      'sources.browse',
      'policies.preview',
      'restores.plan',
      'restores.browseTarget',
    ])
    const changing = operations.filter(({ name, method }) => method !== 'GET' && !reading.has(name))
    expect(changing.filter(({ meta }) => !meta.isAudited).map(({ name }) => name)).toEqual([])
  })

  it('gives each role what it is for, and a viewer no names of files', () => {
    const mayCall = (role: Role): string[] =>
      operations.filter(({ meta }) => isGranted(role, meta.access)).map(({ name }) => name)
    expect(mayCall('administrator')).toHaveLength(operations.length)
    expect(mayCall('viewer')).not.toContain('points.browse')
    expect(mayCall('viewer')).not.toContain('runs.missed')
    expect(mayCall('restore-only')).toContain('restores.start')
    expect(mayCall('restore-only')).not.toContain('runs.backUp')
    expect(mayCall('operator')).toContain('runs.cancel')
    expect(mayCall('operator')).not.toContain('vaults.create')
  })

  it('tells itself as OpenAPI 3.1', async () => {
    const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
    const document = await generator.generate(contract, { info: { title: 'Holdfast', version: '1' } })
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(Object.values(document.paths ?? {}).flatMap((path) => Object.keys(path ?? {}))).toHaveLength(
      operations.length,
    )
  })
})
