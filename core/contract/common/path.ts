import { z } from 'zod'

/**
 * A path of the computer that the appliance runs on, or of a recovery point. It begins with a slash. Names are written as
 * restic writes them: a backslash as two of them, bytes that are not UTF-8 as `\xNN`. So every name can be said, and most
 * are said as they are.
 */
export const EntryPath = z
  .string()
  .max(32_768)
  .regex(/^\//, 'Give a whole path, which begins with a slash.')
  .refine((path) => !path.includes('\0'), 'A path has no NUL.')
  .meta({ description: 'A whole path. A backslash is written as two, a byte that is not UTF-8 as \\xNN.' })
