/**
 * As much of an id as tells one object from another: ids begin with the millisecond in which they were made, and the first
 * eight digits are the same for a minute.
 */
export function shortId(id: string): string {
  return id.slice(0, 13)
}
