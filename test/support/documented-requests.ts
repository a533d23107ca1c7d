import * as fc from 'fast-check'

import { createOpenApiDocument } from '../../core/gateway/pages/openapi-document.ts'
import type { DoorRequest } from './door.ts'
import { hostileValue, type JsonSchema, schemaArbitrary } from './schema-arbitrary.ts'

/** Of so many members of an input one is spoilt. */
const FIDELITY = 40

const DEEP = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required?: boolean
  readonly schema: JsonSchema
}

interface Documented {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonSchema } } }
}

const document = JSON.parse(await createOpenApiDocument('1.2.3', { isTls: false })()) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>
}
/** All operations that the OpenAPI document tells of. */
export const documentedOperations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: operation.operationId, path, method, operation })),
)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()

/** Queries are names in brackets for what is nested. Nothing of it is longer than an address may be. */
function queryOf(name: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null)
    return [`${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(textOf(value).slice(0, 5000))}`]
  return Object.entries(value)
    .slice(0, 5)
    .flatMap(([member, below]) => (name.length > 200 ? [] : queryOf(`${name}[${member}]`, below)))
}

/** JSON itself is broken now and then, and has numbers that JavaScript has not. */
const spoiltText = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: FIDELITY, arbitrary: fc.constant(text) },
    { weight: 1, arbitrary: fc.nat(text.length).map((at) => text.slice(0, at)) },
    { weight: 1, arbitrary: fc.constant(text.replaceAll(/\d+/g, '1e999')) },
    { weight: 1, arbitrary: fc.constant(text.replaceAll(/\d+/g, '9'.repeat(400))) },
    // Deeper than a program that makes JSON could go itself.
    { weight: 1, arbitrary: fc.constant(text.replace(/\d+|"[^"]*"(?!:)/, DEEP)) },
  )

/** Requests for an operation, mostly as the document has them. Where `ids` are given, most of those in paths are of them. */
export function requestArbitrary(
  path: string,
  method: string,
  operation: Documented,
  ids: readonly string[] = [],
): fc.Arbitrary<DoorRequest> {
  const { parameters = [], requestBody } = operation
  const drawn = parameters.map((parameter) => {
    const drawnValue = schemaArbitrary(parameter.schema, FIDELITY)
    const isId = parameter.in === 'path' && parameter.name === 'id' && ids.length > 0
    const known = isId ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, drawnValue) : drawnValue
    const value = known.map((each) => ({ parameter, value: each }))
    return parameter.in === 'path' || parameter.required === true ? value : fc.option(value)
  })
  const extra = fc.oneof(
    { weight: FIDELITY, arbitrary: fc.constant(undefined) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom('__proto__', 'other', 'a[__proto__]', 'limit[]'), hostileValue),
    },
  )
  const schema = requestBody?.content['application/json'].schema
  const body = schema
    ? schemaArbitrary(schema, FIDELITY).chain((value) => spoiltText(JSON.stringify(value)))
    : fc.constant(undefined)
  return fc.tuple(fc.tuple(...drawn), extra, body).map(([values, more, text]) => {
    const given = values.filter((each) => each !== null)
    let where = `/api/v1${path}`
    for (const { parameter, value } of given) {
      const part = encodeURIComponent(textOf(value).slice(0, 5000)) || '%20'
      if (parameter.in === 'path') where = where.replace(`{${parameter.name}}`, () => part)
    }
    const query = given.flatMap(({ parameter, value }) =>
      parameter.in === 'query' ? queryOf(parameter.name, value) : [],
    )
    if (more !== undefined) query.push(...queryOf(...more))
    return { method: method.toUpperCase(), path: query.length > 0 ? `${where}?${query.join('&')}` : where, body: text }
  })
}
