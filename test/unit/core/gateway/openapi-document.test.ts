import { describe, expect, it } from 'vitest'

import { createOpenApiDocument } from '../../../../core/gateway/pages/openapi-document.ts'
import { listOperations } from '../../../support/operations.ts'

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId: string; responses: object }>>>
  >
}

describe('the OpenAPI document', () => {
  it('has every operation, and the download, each with its errors', async () => {
    const { paths } = JSON.parse(await createOpenApiDocument('1.2.3', { isTls: false })()) as Document
    const known = listOperations().map(({ method, path, name }) => [`${method} ${path}`, name])
    for (const [place = '', name] of known) {
      const [method = '', path = ''] = place.split(' ')
      expect([place, paths[path]?.[method.toLowerCase()]?.operationId]).toEqual([place, name])
    }
    const download = paths['/points/{id}/download']?.['get']
    expect(download?.operationId).toBe('points.download')
    expect(Object.keys(download?.responses ?? {})).toEqual(expect.arrayContaining(['200', '401', '403', '404']))
  })

  it('is made once, however often it is asked for', () => {
    const document = createOpenApiDocument('1.2.3', { isTls: false })
    expect(document()).toBe(document())
  })
})
