import { z } from 'zod'

/** A sum of bytes that were counted. */
export const ByteCount = z.number().nonnegative().meta({ description: 'Bytes.' })

/** The size of one file as a recovery point has it: decimal digits, as a number of JSON cannot hold all of them. */
export const FileSize = z
  .string()
  .regex(/^\d{1,20}$/)
  .meta({ description: 'Bytes, in decimal digits.' })
