/** Members that name what an operation is about, the most telling first. */
const NAMING = ['id', 'setId', 'pointId', 'vaultId', 'runId', 'name']

/** What an operation was about, as far as it says so: what it made, where it makes something, else what it was given. */
export function objectOf(operation: string, input: unknown, output?: unknown): string | undefined {
  // Of what is made, the input names what it is made from: only its name is its own. Nothing is made of what was refused.
  if (operation.endsWith('.create')) return memberOf(output, ['id']) ?? memberOf(input, ['name'])
  return memberOf(input, NAMING) ?? memberOf(output, NAMING)
}

function memberOf(value: unknown, names: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const name of names) {
    const member = (value as Record<string, unknown>)[name]
    if (typeof member === 'string') return member.slice(0, 200)
  }
  return undefined
}
