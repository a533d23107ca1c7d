export interface Credentials {
  readonly name: string
  readonly password: string
}

/** Of basic authentication (RFC 7617), in UTF-8. Undefined for anything else. */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const [, coded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '') ?? []
  if (coded === undefined) return undefined
  const text = Buffer.from(coded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}
