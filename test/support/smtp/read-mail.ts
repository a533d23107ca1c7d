/** A header with its folds undone and encoded words (RFC 2047) decoded. */
export function headerOf(content = '', name: string): string | undefined {
  const head = (content.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]/g, ' ')
  const value = new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]
  return value
    ?.replace(/\?= =\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?(.*?)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString('utf8') : unquoted(text.replaceAll('_', ' ')),
    )
}

/** The text of a mail, decoded. */
export function bodyOf(content = ''): string {
  const at = content.indexOf('\r\n\r\n')
  const body = content.slice(at + 4).replaceAll('\r\n', '\n')
  const encoding = headerOf(content, 'Content-Transfer-Encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? unquoted(body.replace(/=\n/g, '')) : body
}

function unquoted(text: string): string {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
}
