import { documentedOperations } from './documented-requests.ts'
import type { DoorRequest } from './door.ts'
import type { JsonSchema } from './schema-arbitrary.ts'

/** What a request is filled with. */
export interface Filling {
  /** For a member that asks for a path: `target.path`. */
  readonly pathOf: (field: string) => string
  /** For one that asks for an id: `setId`, or `points.id` where it stands in the address. */
  readonly idOf: (field: string) => string
}

/** A place in the input of an operation where a path of a computer or of a recovery point goes. */
export interface PathField {
  readonly name: string
  /** As the contract's errors name it, with the place in a list: `target.path`, `paths.0`. */
  readonly field: string
  readonly method: string
  /** A request that is right but for what is given for this field. */
  request(path: string, filling: Filling): DoorRequest
}

type Fill = (filling: Filling) => unknown
interface Varied {
  readonly field: string
  readonly value: (path: string, filling: Filling) => unknown
}

const isPath = ({ type, pattern = '' }: JsonSchema): boolean => type === 'string' && /^\^\\?\//.test(pattern)
const isId = ({ type, format, pattern = '' }: JsonSchema): boolean =>
  type === 'string' && (format === 'uuid' || pattern.includes('[0-9a-f'))

const below = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`)

/** What a schema asks for, with no more than it must have. */
function exampleOf(schema: JsonSchema, field: string): Fill {
  if ('const' in schema) return () => schema.const
  if (schema.enum) return () => schema.enum?.[0]
  const choices = schema.anyOf ?? schema.oneOf
  // The last one says most: a folder, say, and not the place where everything was.
  if (choices) return exampleOf(choices.findLast(({ type }) => type !== 'null') ?? {}, field)
  if (isPath(schema)) return ({ pathOf }) => pathOf(field)
  if (isId(schema)) return ({ idOf }) => idOf(field)
  const { properties = {}, required = [], items = {}, minItems = 0 } = schema
  switch (schema.type) {
    case 'string':
      return () => (schema.format === 'date-time' ? '2026-11-22T22:00:00.000Z' : textFor(schema))
    case 'integer':
    case 'number':
      return () => Math.max(schema.minimum ?? 1, 1)
    case 'boolean':
      return () => false
    case 'array':
      return (filling) =>
        Array.from({ length: minItems }, (_, at) => exampleOf(items, below(field, String(at)))(filling))
    case 'object':
      return (filling) =>
        Object.fromEntries(
          required.map((name) => [name, exampleOf(properties[name] ?? {}, below(field, name))(filling)]),
        )
    case undefined:
    default:
      return () => null
  }
}

function textFor({ pattern, minLength = 1 }: JsonSchema): string {
  const text = 'x'.repeat(Math.max(12, minLength))
  const fitting = [text, '123456', '22:00', 'x'].find((each) => pattern === undefined || new RegExp(pattern).test(each))
  return fitting ?? text
}

/** The same for each field that asks for a path: with that path there, and all else as it is asked for. */
function variedIn(schema: JsonSchema, field: string): Varied[] {
  if (isPath(schema)) return [{ field, value: (path) => path }]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return choices.flatMap((choice) => variedIn(choice, field))
  const { properties = {}, items } = schema
  if (items)
    return variedIn(items, below(field, '0')).map(({ field: at, value }) => ({
      field: at,
      value: (...all) => [value(...all)],
    }))
  return Object.entries(properties).flatMap(([name, member]) =>
    variedIn(member, below(field, name)).map(({ field: at, value }) => ({
      field: at,
      value: (path, filling) => ({ ...(exampleOf(schema, field)(filling) as object), [name]: value(path, filling) }),
    })),
  )
}

function queryOf(values: Readonly<Record<string, unknown>>): string {
  const flat = (name: string, value: unknown): [string, string][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([member, each]) => flat(`${name}[${member}]`, each))
      : [[name, String(value)]]
  const given = Object.entries(values).flatMap(([name, value]) => flat(name, value))
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** Every place where a path goes into any operation: found in the contract, as the OpenAPI document tells it. */
export const pathFields: readonly PathField[] = documentedOperations.flatMap(({ name, path, method, operation }) => {
  const { parameters = [], requestBody } = operation
  const body = requestBody?.content['application/json'].schema
  const noun = path.split('/')[1] ?? ''
  const addressOf = ({ idOf }: Filling): string =>
    path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => idOf(parameter === 'id' ? `${noun}.id` : parameter))
  const inBody = body === undefined ? [] : variedIn(body, '')
  const queries = parameters.filter((each) => each.in === 'query')
  const inQuery = queries.flatMap(({ name: parameter, schema }) =>
    variedIn(schema, parameter).map((varied) => ({ parameter, varied })),
  )
  const verb = method.toUpperCase()
  return [
    ...inBody.map(({ field, value }): PathField => ({
      name,
      method: verb,
      field,
      request: (given, filling) => ({
        method: verb,
        path: `/api/v1${addressOf(filling)}`,
        body: JSON.stringify(value(given, filling)),
      }),
    })),
    ...inQuery.map(({ parameter, varied }): PathField => ({
      name,
      method: verb,
      field: varied.field,
      request(given, filling) {
        const others = queries.filter(({ required, name: other }) => required === true && other !== parameter)
        const values = others.map((other) => [other.name, exampleOf(other.schema, other.name)(filling)] as const)
        const query = queryOf(Object.fromEntries([...values, [parameter, varied.value(given, filling)]]))
        return { method: verb, path: `/api/v1${addressOf(filling)}${query}` }
      },
    })),
  ]
})

/** Names of members of inputs that say that they are paths, whatever their schema asks for. */
export const namedLikePaths: readonly string[] = documentedOperations.flatMap(({ name, operation }) => {
  const { parameters = [], requestBody } = operation
  const found: string[] = []
  const walk = (schema: JsonSchema, field: string): void => {
    for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(choice, field)
    if (schema.items) walk(schema.items, below(field, '0'))
    for (const [member, each] of Object.entries(schema.properties ?? {})) walk(each, below(field, member))
    const isNamed = /(?:path|paths|roots|folder|folders)(?:\.0)?$/i.test(field)
    if (schema.type === 'string' && schema.const === undefined && isNamed) found.push(`${name} ${field}`)
  }
  for (const { name: parameter, schema, in: where } of parameters) if (where === 'query') walk(schema, parameter)
  if (requestBody) walk(requestBody.content['application/json'].schema, '')
  return found
})
