/** What `holdfast serve` prints where there is no administrator yet. */
export interface SetupLink {
  /** Of the service, as its own computer reaches it. Undefined where only the secret was given. */
  readonly url: string | undefined
  readonly token: string
}

const LINK = /(?:(https?:\/\/[^\s/]+)\/setup\?token=)?(hfu_[\w-]{1,190})/g

/** The last link in a text, which may be all that a service has printed: each start makes a new one. Undefined: there is none. */
export function findSetupLink(text: string): SetupLink | undefined {
  const [, url, token] = [...text.matchAll(LINK)].at(-1) ?? []
  return token === undefined ? undefined : { url, token }
}
