import { hash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/**
 * What a page may do: nothing but its own files and its own API. `style` names a style sheet that stands in the page itself,
 * by its digest (CSP 3, 2.3.1); the console has none (renderer/DESIGN.md).
 */
function contentSecurityPolicy(style?: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self'${style === undefined ? '' : ` 'sha256-${hash('sha256', style, 'base64')}'`}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** Lets a page have this style sheet in it. */
export function allowStyle(response: ServerResponse, style: string): void {
  response.setHeader('content-security-policy', contentSecurityPolicy(style))
}

/** Sets what every answer has, whatever it is. */
export function setSecurityHeaders(response: ServerResponse, { isTls }: { readonly isTls: boolean }): void {
  response.setHeader('content-security-policy', contentSecurityPolicy())
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('x-frame-options', 'DENY')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-opener-policy', 'same-origin')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  response.setHeader('cache-control', 'no-store')
  if (isTls) response.setHeader('strict-transport-security', 'max-age=31536000')
}
