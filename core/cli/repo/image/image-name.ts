import { CoreError } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { isNodeName } from '../../../snapshot/index.ts'

const LONGEST = 200

/** The name of a disk: one component of a path. Throws `input/invalid`. */
export function imageName(name: string): string {
  const bytes = Buffer.from(name)
  const isName =
    bytes.length <= LONGEST &&
    isNodeName(bytes, 0, bytes.length) &&
    bytes.every((byte) => byte >= 0x20 && byte !== 0x7f)
  if (isName) return name
  throw new CoreError('input/invalid', `--name ${printable(bytes).slice(0, LONGEST)} cannot be the name of a disk.`, {
    safety: 'Nothing was read or stored.',
    remedy: `Give a name of at most ${LONGEST} bytes that a file could have, without slashes and control characters.`,
  })
}
