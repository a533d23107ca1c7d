import { z } from 'zod'

/** Names one object of the catalog for ever: letters of a UUID of version 7, so that ids sort by when they were made. */
export const Id = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'Not an id.')
  .meta({ description: 'Names one object for ever. Ids sort by when they were made.' })

/** What lists and sentences need of another object. `name` is the one of now. */
export const Reference = z.object({ id: Id, name: z.string() })
export type Reference = z.output<typeof Reference>

/** What an object is called by people. */
export const Name = z.string().trim().min(1, 'Give a name.').max(100, 'At most 100 characters.')
