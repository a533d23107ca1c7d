const GROUP = 4

/** A secret as a person copies it by eye: in groups of four. */
export function grouped(secret: string): string[] {
  return Array.from({ length: Math.ceil(secret.length / GROUP) }, (_, index) =>
    secret.slice(index * GROUP, (index + 1) * GROUP),
  )
}

/** The six digits of an authenticator, which many show in two groups. */
export function digitsOf(typed: string): string {
  return typed.replaceAll(/\s/g, '')
}
