/** Names by which a computer reaches itself. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Whether a request was meant for this door. A page of somebody else whose name was made to lead here (DNS rebinding) says
 * that name.
 */
export function isOwnHost(host: string | undefined, port: number, hosts: readonly string[]): boolean {
  const [, name, given] = /^(\[[0-9a-f:]+\]|[^:]+)(?::(\d{1,5}))?$/i.exec(host ?? '') ?? []
  if (name === undefined) return false
  const lower = name.toLowerCase()
  if (LOOPBACK.has(lower)) return given === undefined ? port === 80 || port === 443 : Number(given) === port
  const bare = lower.replace(/^\[(.*)\]$/, '$1')
  return hosts.some((each) => each.toLowerCase() === bare)
}

/** Whether a page that sends a request is this door's own. No page says nothing: that is no browser. */
export function isOwnOrigin(
  headers: {
    readonly origin?: string | undefined
    readonly host?: string | undefined
    readonly site?: string | undefined
  },
  isTls: boolean,
): boolean {
  const { origin, host, site } = headers
  if (origin !== undefined) return origin === `${isTls ? 'https' : 'http'}://${host ?? ''}`
  return site === 'same-origin'
}
