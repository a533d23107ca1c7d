import { z } from 'zod'

/** What each error says, whatever its code: what to do next, and what it means for data. */
export const ErrorData = z.object({
  /** Stable and finer than the code of the response: `storage/full`, `input/invalid`. */
  reason: z.string(),
  /** What it is about: a path, a name, an id. */
  object: z.string().nullable(),
  /** For bad input: which fields, as paths (`retention.days`), and what is wrong with each. */
  fields: z.array(z.object({ path: z.string(), message: z.string() })),
  /** Whether data is safe. */
  safety: z.string().nullable(),
  /** What a person should do next. */
  remedy: z.string().nullable(),
})
export type ErrorData = z.output<typeof ErrorData>

/** Every operation may answer with each of them. */
export const ERRORS = {
  BAD_INPUT: { status: 400, message: 'Something that was given cannot be used.', data: ErrorData },
  NOT_SIGNED_IN: { status: 401, message: 'Sign in first.', data: ErrorData },
  FORBIDDEN: { status: 403, message: 'This needs other rights.', data: ErrorData },
  NOT_FOUND: { status: 404, message: 'There is no such thing.', data: ErrorData },
  CONFLICT: { status: 409, message: 'It cannot be done as things are.', data: ErrorData },
  UNCONFIRMED: { status: 412, message: 'A person has to confirm this.', data: ErrorData },
  TOO_LARGE: { status: 413, message: 'The request is too large.', data: ErrorData },
  TOO_MANY: { status: 429, message: 'Too many requests.', data: ErrorData },
  DEFECT: { status: 500, message: 'Holdfast failed in a way it does not know.', data: ErrorData },
  UNAVAILABLE: { status: 503, message: 'It cannot be reached now.', data: ErrorData },
} as const

export type ErrorName = keyof typeof ERRORS
