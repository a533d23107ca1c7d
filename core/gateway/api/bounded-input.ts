const DEEPEST = 8
const MOST_MEMBERS = 200
const LONGEST_TEXT = 1000
const LONGEST_NAME = 100
/** Of a whole input. */
const MOST_LETTERS = 16_384

/**
 * A copy of what somebody sent, as much of it as the audit keeps: it was not looked at before, and may be anything. What is
 * left out is said where it was.
 */
export function boundedInput(input: unknown): unknown {
  let letters = 0

  function textOf(text: string, longest: number): string {
    const kept = text.slice(0, Math.max(0, Math.min(longest, MOST_LETTERS - letters)))
    letters += kept.length
    return kept.length === text.length ? text.toWellFormed() : `${kept.toWellFormed()}…`
  }

  function copy(value: unknown, depth: number): unknown {
    letters += 4
    if (typeof value === 'string') return textOf(value, LONGEST_TEXT)
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null) return value
    if (depth >= DEEPEST || letters > MOST_LETTERS) return '…'
    if (Array.isArray(value)) {
      const kept = value.slice(0, MOST_MEMBERS).map((member) => copy(member, depth + 1))
      return value.length > MOST_MEMBERS ? [...kept, '…'] : kept
    }
    const members = Object.entries(value)
    const kept = members
      .slice(0, MOST_MEMBERS)
      .map(([name, member]) => [textOf(name, LONGEST_NAME), copy(member, depth + 1)] as const)
    // `fromEntries` makes a member of `__proto__`, as `JSON.parse` did.
    return Object.fromEntries(members.length > MOST_MEMBERS ? [...kept, ['…', '…'] as const] : kept)
  }

  return copy(input, 0)
}
