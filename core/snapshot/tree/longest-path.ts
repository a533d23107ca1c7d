import { CoreError } from '../../base/index.ts'

/**
 * Four times what Linux takes in one call, and deeper than anybody's folders. A snapshot that somebody made up could
 * hold a chain of folders whose paths together would not fit into memory. Bytes.
 */
export const LONGEST_PATH = 16 * 1024

/** Of a folder whose path is longer. */
export function tooDeep(): CoreError {
  return new CoreError('repository/unsupported', `it lies deeper than paths of ${LONGEST_PATH} bytes reach`)
}
