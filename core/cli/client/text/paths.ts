import { argumentBytes } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { formatEntryPath, parseEntryPath } from '../../../snapshot/index.ts'

/** A path that was typed, as the API has it: of any bytes, and a backslash is a backslash. */
export function pathOfArgument(argument: string): string {
  return formatEntryPath(argumentBytes(argument))
}

/** A path of the API as it would be typed. */
export function shownPath(path: string): string {
  return printable(parseEntryPath(path))
}
