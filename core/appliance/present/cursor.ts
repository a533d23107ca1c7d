import { CoreError } from '../../base/index.ts'

/** A cursor as clients hold it: opaque. */
export function cursorOf(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** What `cursorOf` made a cursor of, if `is` says that it is one of this list. Throws `input/invalid`. */
export function readCursor<T>(cursor: string | undefined, is: (value: unknown) => value is T): T | undefined {
  if (cursor === undefined) return undefined
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (is(value)) return value
  } catch {
    // It is told below.
  }
  throw new CoreError('input/invalid', 'The cursor is not one of this list.', {
    safety: 'Nothing was changed.',
    remedy: 'Ask for the first part without a cursor, and then with the `next` of each answer.',
    context: { field: 'cursor' },
  })
}

export const isText = (value: unknown): value is string => typeof value === 'string' && value.length < 1000
export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)
