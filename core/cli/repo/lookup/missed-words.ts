import { formatCount } from '../../../base/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'

/** What no restore can bring back: somebody may look for it. Undefined where nothing was missed. */
export function missedWords({ filesMissed }: StoredSnapshot): string | undefined {
  if (filesMissed === undefined) return undefined
  const files = filesMissed === 1 ? '1 file' : `${formatCount(filesMissed)} files`
  return `When this snapshot was made, ${files} could not be read, or changed meanwhile: not in it, or not as at one moment.`
}
