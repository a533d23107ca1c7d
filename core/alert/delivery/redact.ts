import { oneLine } from '../words.ts'

const LONGEST = 300

/**
 * What a server answered, fit to be shown: one line, not too long, without secrets, also as base64 has them (SMTP's AUTH
 * PLAIN and LOGIN): a server may answer with what it was sent.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret.toWellFormed())])
    .filter((form) => form !== '')
    .toSorted((a, b) => b.length - a.length)
  const line = oneLine(forms.reduce((rest, form) => rest.replaceAll(form, '(secret)'), text))
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`
}
