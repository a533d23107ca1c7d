import { z } from 'zod'

/** Which part of a list is wanted. Cursors are opaque, and hold as long as the list is there. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional(),
})

/** A part of a list. Give `next` as the cursor of the next request; null: that was all. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}
