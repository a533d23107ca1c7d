import { isSecretName } from './secret-name.ts'

const REMOVED = '[removed]'
/** Deeper than any input of the contract. */
const MOST_LEVELS = 32

/** `user:password@` in an address. */
const USER_INFO = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi
/** Secrets that Holdfast itself makes say what they are (`hft_…`). */
const OWN_SECRET = /\bhf[a-z]_[\w-]{20,}/g

/**
 * A deep copy for the audit, in which every member with a secret's name is `[removed]`, and so are passwords in addresses
 * and Holdfast's own secrets in whatever text. What is true, false or null stays: `removeTotp: true` is no secret. What
 * it returns JSON can say.
 */
export function redactDetails(value: unknown): unknown {
  return copy(value, [])
}

function copy(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return undefined
  if (value instanceof Error) return redactText(value.message)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (above.includes(value)) return '[again]'
  if (above.length === MOST_LEVELS) return '[too deep]'
  const path = [...above, value]
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item, path) ?? null)
  // `fromEntries` defines members: one that is called `__proto__` is a member like any other.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [redactText(name), copyMember(name, member, path)]),
  )
}

function copyMember(name: string, member: unknown, path: readonly object[]): unknown {
  const isNoSecret = member === null || member === undefined || typeof member === 'boolean'
  return isSecretName(name) && !isNoSecret ? REMOVED : copy(member, path)
}

function redactText(text: string): string {
  return text.replaceAll(USER_INFO, `$1${REMOVED}@`).replaceAll(OWN_SECRET, REMOVED)
}
