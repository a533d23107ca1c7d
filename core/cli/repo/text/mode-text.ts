// The letters of Go's os.FileMode from bit 31 down (pkg.go.dev/io/fs#FileMode): restic shows modes so.
const KINDS = 'dalTLDpSugct?'
const PERMISSIONS = 'rwxrwxrwx'

/** A mode as restic shows it: `drwxr-xr-x`, `-rw-r--r--`, `Lrwxrwxrwx`, `urwxr-xr-x`. */
export function modeText(mode: number): string {
  let text = ''
  for (let i = 0; i < KINDS.length; i++) if (((mode >>> (31 - i)) & 1) === 1) text += KINDS[i] ?? ''
  if (text === '') text = '-'
  for (let i = 0; i < PERMISSIONS.length; i++) text += ((mode >>> (8 - i)) & 1) === 1 ? (PERMISSIONS[i] ?? '') : '-'
  return text
}
