import { CoreError } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { parsePathText } from './path-text.ts'
import type { Reacher } from './reacher.ts'

const MOST_SHOWN = 3

/** `policy/forbidden`. It does not say where a link leads: that may be nobody's business. */
export function forbidden(path: Uint8Array, what: string, { roots }: Reacher): CoreError {
  const shown = printable(path)
  return new CoreError('policy/forbidden', `${shown} ${what}`, {
    safety: 'Nothing was read or written.',
    remedy: `Choose ${choiceOf(roots)}, or ask an administrator to do it.`,
    context: { path: shown },
  })
}

function choiceOf(roots: Reacher['roots']): string {
  if (roots === null) return 'a folder that is not the system’s and holds nothing of it'
  if (roots.length === 0) return 'nothing: no folder is open to you'
  const named = roots.slice(0, MOST_SHOWN).map((root) => printable(parsePathText(root)))
  return `a folder in ${named.join(', ')}${roots.length > MOST_SHOWN ? ', …' : ''}`
}
