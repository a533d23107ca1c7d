/** ES2026, which Node 24 has and the compiler's library has not yet. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown
  }
}

/** JSON in which bigints keep every digit. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'bigint' ? JSON.rawJSON(inner.toString()) : inner,
  )
}
