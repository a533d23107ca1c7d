import { UNSEEN } from '../file-system/index.ts'

/** ES2026, which Node 24 has and the compiler's library has not yet. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown
  }
}

/** JSON in which bigints keep every digit, in one line that steers no terminal. */
export function stringify(value: unknown): string {
  return singleLine(
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? JSON.rawJSON(inner.toString()) : inner)),
  )
}

/** The same for a text, of which there may be millions. */
export function stringifyText(text: string): string {
  return singleLine(JSON.stringify(text))
}

/**
 * The same JSON with every unseen character escaped: names and what a document holds were written by others, and JSON for
 * programs is often read on a terminal. Controls below U+0020 stand between values only, where blanks mean the same.
 */
export function singleLine(json: string): string {
  if (!NEEDS_CARE.test(json)) return json
  return json.replaceAll(UNSEEN, (unseen) => (unseen < ' ' ? ' ' : escaped(unseen)))
}

const NEEDS_CARE = /[^\x20-\x7e]/

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
