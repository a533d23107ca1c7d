import * as fc from 'fast-check'

/** As much of JSON Schema as the OpenAPI document uses. */
export interface JsonSchema {
  readonly type?: string | undefined
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
}

const MOST_LETTERS = 40
const MOST_ITEMS = 4

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** What no schema asks for, and a program that calls with bad intent sends. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(
    null,
    true,
    '',
    0,
    -0,
    -1,
    1e21,
    1.5,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    Number.MAX_SAFE_INTEGER + 1,
    [],
    {},
    '\ud800',
    'a\udc00b',
    '\0',
    '/\0',
    '/../../etc/shadow',
    '\u202e\ufeff',
    '__proto__',
    "'; DROP TABLE person; --",
    'x'.repeat(70_000),
    nested(30),
    nested(100),
    nested(2000),
    Array.from({ length: 5000 }, () => 0),
  ),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '', '\ud800').map((name) =>
    // An own member, as JSON brings it.
    Object.fromEntries([[name, { polluted: 1 }]]),
  ),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.jsonValue(),
)

/** What a schema asks for, and now and then, anywhere in it, something else: the more the less `fidelity` is. */
export function schemaArbitrary(schema: JsonSchema, fidelity: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: fidelity, arbitrary: asAsked(schema, fidelity) }, { weight: 1, arbitrary: hostileValue })
}

function asAsked(schema: JsonSchema, fidelity: number): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => asAsked(choice, fidelity)))
  const { minimum, maximum } = schema
  switch (schema.type) {
    case 'string':
      return textAsAsked(schema)
    case 'integer': {
      const min = Math.max(minimum ?? 0, -1e9)
      return fc.integer({ min, max: Math.max(min, Math.min(maximum ?? 1e6, 1e9)) })
    }
    case 'number':
      return fc.double({ min: minimum ?? 0, max: maximum ?? 1e6, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const { items = {}, minItems = 0, maxItems = MOST_ITEMS } = schema
      const maxLength = Math.max(minItems, Math.min(maxItems, MOST_ITEMS))
      return fc.array(schemaArbitrary(items, fidelity), { minLength: minItems, maxLength })
    }
    case 'object':
      return objectAsAsked(schema, fidelity)
    case undefined:
    default:
      return hostileValue
  }
}

function textAsAsked({ format, pattern, minLength = 0, maxLength = MOST_LETTERS }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') return fc.constantFrom('2026-11-22T22:00:00.000Z', '1970-01-01T00:00:00.000Z')
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' })
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, MOST_LETTERS)) })
}

function objectAsAsked({ properties = {}, required = [] }: JsonSchema, fidelity: number): fc.Arbitrary<unknown> {
  const members = Object.entries(properties).map(([name, member]) => {
    const value = schemaArbitrary(member, fidelity).map((drawn) => [[name, drawn]] as const)
    return required.includes(name) ? value : fc.oneof(value, fc.constant([]))
  })
  const others = fc.oneof(
    { weight: fidelity, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('__proto__', 'constructor', 'other'), hostileValue).map((own) => [own]),
    },
  )
  return fc.tuple(...members, others).map((drawn) => Object.fromEntries(drawn.flat() as [string, unknown][]))
}
