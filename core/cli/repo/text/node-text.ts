import { isUtf8 } from 'node:buffer'

import { formatBytes } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import type { TreeReader } from '../../../snapshot/index.ts'
import { stringifyText } from '../../json.ts'
import type { ByteLines } from './byte-lines.ts'
import { modeText } from './mode-text.ts'
import { createTimeText } from './time-text.ts'

/** A folder that is being listed. Its path ends with a slash. */
export interface ListedFolder {
  readonly path: Buffer
  /** The path as a person is shown it. */
  readonly shown: Buffer
}

export const ROOT: ListedFolder = { path: Buffer.from('/'), shown: Buffer.from('/') }

export function folderIn({ path, shown }: ListedFolder, name: Buffer): ListedFolder {
  const isPlain = path.equals(shown)
  const below = Buffer.concat([path, name, SLASH])
  const shownName = printable(name)
  if (isPlain && shownName === name.toString('latin1')) return { path: below, shown: below }
  return { path: below, shown: Buffer.concat([shown, Buffer.from(shownName), SLASH]) }
}

const SLASH = Buffer.from('/')

/** Writes one entry of a folder. */
export type NodeText = (lines: ByteLines, node: TreeReader, name: Buffer, folder: ListedFolder) => void

/** Its path. */
export const shortText: NodeText = (lines, _node, name, { shown }) => {
  lines.bytes(shown)
  lines.name(name)
  lines.ascii('\n')
}

/** Mode, owner, group, size, time and path, as restic lays them out. */
export function createLongText(humanReadable: boolean): NodeText {
  const time = createTimeText()
  const modes = remember(modeText)
  return (lines, node, name, { shown }) => {
    const size = humanReadable ? formatBytes(Number(node.size)) : String(node.size)
    lines.ascii(
      `${modes(node.mode)} ${String(node.uid).padStart(5)} ${String(node.gid).padStart(5)} ` +
        `${size.padStart(humanReadable ? 8 : 6)} ${time.local(node.mtime)} `,
    )
    lines.bytes(shown)
    lines.name(name)
    const target = node.linkTarget
    if (target) {
      lines.ascii(' -> ')
      lines.name(target)
    }
    lines.ascii('\n')
  }
}

/** An object with restic's members. Sizes and inodes keep all their digits. */
export function createJsonText(): NodeText {
  const time = createTimeText()
  const modes = remember(modeText)
  return (lines, node, name, { path }) => {
    const full = Buffer.concat([path, name])
    const { type, mode } = node
    const size = type === 'file' ? `,"size":${node.size}` : ''
    const raw = isUtf8(full) ? '' : `,"path_raw":"${full.toString('base64')}"`
    const target = node.linkTarget
    const link = target ? `,"linktarget":${stringifyText(target.toString())}` : ''
    lines.text(
      `{"name":${stringifyText(name.toString())},"type":"${type}","path":${stringifyText(full.toString())}${raw},` +
        `"uid":${node.uid},"gid":${node.gid}${size},"mode":${mode},"permissions":"${modes(mode)}",` +
        `"mtime":"${time.utc(node.mtime)}","atime":"${time.utc(node.atime)}","ctime":"${time.utc(node.ctime)}",` +
        `"inode":${node.inode}${link},"message_type":"node","struct_type":"node"}\n`,
    )
  }
}

/** There are few modes, and many entries. */
function remember(render: (value: number) => string): (value: number) => string {
  const texts = new Map<number, string>()
  return (value) => {
    const known = texts.get(value)
    if (known !== undefined) return known
    const text = render(value)
    texts.set(value, text)
    return text
  }
}
