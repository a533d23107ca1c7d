/** A part of a list, and where the next begins. */
interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/** Asks for one part of a list. */
export type AskPage<T> = (query: { readonly limit: number; readonly cursor?: string }) => Promise<Page<T>>

/** The most that the API gives at once. */
const LARGEST = 500

/** All of a list, part by part. */
export async function* pagesOf<T>(ask: AskPage<T>, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Page<T>> {
  let left = limit
  let cursor: string | undefined
  while (left > 0) {
    const page = await ask({ limit: Math.min(LARGEST, left), ...(cursor !== undefined && { cursor }) })
    yield page
    left -= page.items.length
    if (page.next === null) return
    cursor = page.next
  }
}

/** The first `limit` of a list, and whether there are more. */
export async function firstOf<T>(
  ask: AskPage<T>,
  limit: number,
): Promise<{ readonly items: T[]; readonly hasMore: boolean }> {
  const items: T[] = []
  let hasMore = false
  for await (const page of pagesOf(ask, limit)) {
    items.push(...page.items)
    hasMore = page.next !== null
  }
  return { items, hasMore }
}
