import { isUtf8 } from 'node:buffer'

import type { ChangeSigns } from '../../../snapshot/index.ts'
import { stringifyText } from '../../json.ts'
import type { ByteLines } from '../text/byte-lines.ts'
import type { ListedFolder } from '../text/node-text.ts'

/** Writes what happened to one entry of a folder. */
export type ChangeText = (
  lines: ByteLines,
  signs: ChangeSigns,
  name: Buffer,
  isFolder: boolean,
  folder: ListedFolder,
) => void

/** Laid out as restic does. */
export const writeChangeText: ChangeText = (lines, signs, name, isFolder, { shown }) => {
  lines.ascii(signs.padEnd(5))
  lines.bytes(shown)
  lines.name(name)
  lines.ascii(isFolder ? '/\n' : '\n')
}

/** An object with restic's members. */
export const writeChangeJson: ChangeText = (lines, signs, name, isFolder, { path }) => {
  const full = Buffer.concat([path, name, isFolder ? SLASH : NOTHING])
  const raw = isUtf8(full) ? '' : `,"path_raw":"${full.toString('base64')}"`
  lines.text(`{"message_type":"change","path":${stringifyText(full.toString())}${raw},"modifier":"${signs}"}\n`)
}

const SLASH = Buffer.from('/')
const NOTHING = Buffer.alloc(0)
