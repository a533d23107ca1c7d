import { expect, it } from 'vitest'

import { modeText } from '../../../../../../core/cli/repo/text/mode-text.ts'
import { goModeFromUnix } from '../../../../../../core/snapshot/index.ts'

// As `restic ls -l` shows them.
it.each([
  [0o100644, '-rw-r--r--'],
  [0o040755, 'drwxr-xr-x'],
  [0o041777, 'dtrwxrwxrwx'],
  [0o120777, 'Lrwxrwxrwx'],
  [0o104755, 'urwxr-xr-x'],
  [0o102755, 'grwxr-xr-x'],
  [0o060660, 'Drw-rw----'],
  [0o020620, 'Dcrw--w----'],
  [0o010600, 'prw-------'],
  [0o140777, 'Srwxrwxrwx'],
  [0o100000, '----------'],
])('mode %o is shown as %s', (mode, text) => {
  expect(modeText(goModeFromUnix(mode))).toBe(text)
})
