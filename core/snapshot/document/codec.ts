import { formatTime, type ZonedTime } from '../json/go-time.ts'
import { goJsonText } from '../json/json-string.ts'
import { LARGEST_UINT32, type Members } from './members.ts'

/** How a value is written in a document, and read. */
export interface Codec<T> {
  /** As JSON; undefined leaves the member out. */
  encode(value: T): string | Buffer | undefined
  /** Takes the member out. Throws `repository/damaged`. */
  decode(members: Members, key: string): T
}

/** For every field of a document its member's key, and how that is written. In the order in which they are written. */
export type Fields<T> = {
  readonly [K in keyof Omit<T, 'unknown'>]-?: readonly [key: string, codec: Codec<T[K]>]
}

/** A document keeps members that this program does not know: `"key":value`, separated by commas. */
interface WithUnknown {
  readonly unknown?: Buffer | undefined
}

export const TIME: Codec<ZonedTime> = {
  encode: (time) => `"${formatTime(time)}"`,
  decode: (members, key) => members.time(key),
}

/** Left out when empty. */
export const TEXT: Codec<string> = {
  encode: (text) => (text === '' ? undefined : goJsonText(text)),
  decode: (members, key) => members.text(key),
}

export const ID: Codec<string> = {
  encode: goJsonText,
  decode: (members, key) => members.required(key, members.id(key)),
}

export const OPTIONAL_ID: Codec<string | undefined> = {
  encode: (id) => id && goJsonText(id),
  decode: (members, key) => members.id(key),
}

export const LIST: Codec<readonly string[]> = {
  encode: (texts) => `[${texts.map(goJsonText).join(',')}]`,
  decode: (members, key) => members.texts(key),
}

/** Left out when empty. */
export const OPTIONAL_LIST: Codec<readonly string[]> = {
  encode: (texts) => (texts.length === 0 ? undefined : LIST.encode(texts)),
  decode: (members, key) => members.texts(key),
}

/** Left out when zero. */
export const UINT32: Codec<number> = {
  encode: (value) => (value === 0 ? undefined : String(value)),
  decode: (members, key) => members.uint32(key),
}

/** Undefined, and left out, when zero. */
export const OPTIONAL_COUNT: Codec<number | undefined> = {
  encode: (value) => (value === undefined || value === 0 ? undefined : String(Math.min(value, LARGEST_UINT32))),
  // It is good to know and no more: where it makes no sense, the document is not damaged for that.
  decode(members, key) {
    try {
      return members.uint32(key) || undefined
    } catch {
      return 1
    }
  },
}

export const UINT64: Codec<bigint> = {
  encode: String,
  decode: (members, key) => members.uint64(key),
}

/** Another document in it. */
export function optional<T extends WithUnknown>(fields: Fields<T>): Codec<T | undefined> {
  return {
    encode: (value) => value && encodeFields(fields, value),
    decode(members, key) {
      const nested = members.nested(key)
      return nested && decodeFields(fields, nested)
    },
  }
}

type AnyField = [name: string, field: readonly [key: string, codec: Codec<unknown>]]

export function encodeFields<T extends WithUnknown>(fields: Fields<T>, value: T): Buffer {
  const parts: Buffer[] = []
  for (const [name, [key, codec]] of Object.entries(fields) as AnyField[]) {
    const encoded = codec.encode(value[name as keyof T])
    if (encoded === undefined) continue
    parts.push(parts.length === 0 ? OPEN : COMMA, Buffer.from(`"${key}":`), Buffer.from(encoded))
  }
  const { unknown } = value
  if (unknown && unknown.length > 0) parts.push(COMMA, unknown)
  return Buffer.concat([...parts, CLOSE])
}

export function decodeFields<T extends WithUnknown>(fields: Fields<T>, members: Members): T {
  const decoded = (Object.entries(fields) as AnyField[]).map(
    ([name, [key, codec]]) => [name, codec.decode(members, key)] as const,
  )
  return { ...Object.fromEntries(decoded), unknown: members.rest() } as unknown as T
}

const OPEN = Buffer.from('{')
const CLOSE = Buffer.from('}')
const COMMA = Buffer.from(',')
