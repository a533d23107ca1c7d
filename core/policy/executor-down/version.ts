/** The parts of a version, as numbers: 7.0.10 is newer than 7.0.2. Undefined where it is not made of numbers alone. */
function partsOf(version: string): number[] | undefined {
  return /^\d+(?:\.\d+)*$/.test(version) ? version.split('.').map(Number) : undefined
}

/**
 * Whether a version is at least `least`. Parts that are not there are 0. What is no version of numbers (`7.0.2-beta`,
 * nothing at all) is older than any: nothing is taken for granted of it.
 */
export function isAtLeast(version: string, least: string): boolean {
  const [has, needs] = [partsOf(version), partsOf(least)]
  if (has === undefined || needs === undefined) return false
  for (let at = 0; at < Math.max(has.length, needs.length); at++) {
    const difference = (has[at] ?? 0) - (needs[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
