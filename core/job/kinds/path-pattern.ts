import { type ByteString } from '../../file-system/index.ts'
import { parseEntryPath } from '../../snapshot/index.ts'

/** The pattern that fits one path of a recovery point and what is below it, and nothing else. Throws `input/invalid`. */
export function patternOfPath(path: string): ByteString {
  return parseEntryPath(path)
    .latin1Slice()
    .replaceAll(/[\\*?[\]]/g, String.raw`\$&`)
}
