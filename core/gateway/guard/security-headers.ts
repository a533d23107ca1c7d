import type { ServerResponse } from 'node:http'

/**
 * What the console may do: nothing but its own files and its own API. Styles inline: Vue sets them on elements, which has no
 * other name in a policy.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Sets what every answer has, whatever it is. */
export function setSecurityHeaders(response: ServerResponse, { isTls }: { readonly isTls: boolean }): void {
  response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY)
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  response.setHeader('cache-control', 'no-store')
  if (isTls) response.setHeader('strict-transport-security', 'max-age=31536000')
}
