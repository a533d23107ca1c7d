/** Members that are secrets in whatever is logged. */
const NAMES = [
  'password',
  'current',
  'next',
  'mailPassword',
  'webhookSecret',
  'secret',
  'token',
  'totp',
  'key',
  'authorization',
  'cookie',
  'setCookie',
  'uri',
] as const

const HEADERS = ['authorization', 'cookie', '["set-cookie"]', '["x-api-key"]', '["proxy-authorization"]'] as const

/**
 * What a log never shows, as paths for pino's `redact`. pino matches whole paths, so each name is given for the object that
 * is logged and for three levels below it; headers as pino's serializers show them. A log line has no other depths: whoever
 * logs something deeper brings it through `redactDetails` first.
 */
export const REDACTED_PATHS: readonly string[] = [
  ...NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]),
  ...['headers', 'req.headers', 'res.headers', 'request.headers', 'response.headers'].flatMap((place) =>
    HEADERS.map((header) => (header.startsWith('[') ? `${place}${header}` : `${place}.${header}`)),
  ),
]
