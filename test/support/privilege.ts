/** Whether the tests run as root, which mounting, making devices and giving files away take. */
export const isRoot = process.getuid?.() === 0

/** Ends the title of a test that is skipped when not root. */
export const rootOnly = isRoot ? '' : ' (left out: not root)'

/** An ordinary user: nobody and nogroup on Debian. */
export const NOBODY = 65_534

/** Does `work`, as root, with an ordinary user's rights. */
export function asNobody<T>(work: () => T): T {
  process.setegid?.(NOBODY)
  process.seteuid?.(NOBODY)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}
