import type { Output } from '../../output.ts'
import type { FindLayout } from './find-report.ts'
import { writeHeadText } from './find-text.ts'

/** For people: a line that names the snapshot, unless only results are wanted. */
const TEXT: FindLayout = {
  head(lines, snapshot, isFirst) {
    if (!isFirst) lines.ascii('\n')
    writeHeadText(lines, snapshot)
  },
  between: '',
  tail: () => undefined,
}

const BARE: FindLayout = { head: () => undefined, between: '', tail: () => undefined }

/** restic's list of what was found in a snapshot, as a line. */
const MATCHES: FindLayout = {
  head: (lines) => lines.ascii('{"message_type":"matches","matches":['),
  between: ',',
  tail: (lines, { id }, hits) => lines.ascii(`],"hits":${hits},"snapshot":"${id}"}\n`),
}

export function layoutOf({ json, quiet }: Output, kind: 'ids' | 'patterns'): FindLayout {
  if (json) return kind === 'ids' ? BARE : MATCHES
  return quiet ? BARE : TEXT
}
