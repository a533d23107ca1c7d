/** Members that name what an operation is about, the most telling first. */
const NAMING = ['id', 'setId', 'pointId', 'vaultId', 'runId', 'name']

/** What an input or output is about, as far as it says so. */
export function objectOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const name of NAMING) {
    const member = (value as Record<string, unknown>)[name]
    if (typeof member === 'string') return member.slice(0, 200)
  }
  return undefined
}
