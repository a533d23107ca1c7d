import { isUtf8 } from 'node:buffer'

import { printable } from '../../../file-system/index.ts'
import { formatTime, type StoredSnapshot } from '../../../snapshot/index.ts'
import { stringifyText } from '../../json.ts'
import type { ByteLines } from '../text/byte-lines.ts'
import { modeText } from '../text/mode-text.ts'
import type { NodeText } from '../text/node-text.ts'
import { createTimeText } from '../text/time-text.ts'
import type { FoundId } from './id-query.ts'

/** An entry with restic's members, which leave out what is zero or empty. No line of its own: entries of a snapshot make a list. */
export function createMatchJson(): NodeText {
  const time = createTimeText()
  return (lines, node, name, { path }) => {
    const { type, mode, linkTarget, user, group, inode, deviceId, size, links, error } = node
    const optional: readonly (readonly [key: string, value: bigint | string | undefined])[] = [
      ['user', user],
      ['group', group],
      ['inode', inode],
      ['device_id', deviceId],
      ['size', size],
      ['links', links],
      ['linktarget', linkTarget?.toString()],
      ['error', error],
    ]
    const more = optional
      .filter(([, value]) => value !== undefined && value !== 0n && value !== '')
      .map(([key, value]) => `,"${key}":${typeof value === 'string' ? stringifyText(value) : String(value)}`)
    lines.text(
      `{${pathJson(Buffer.concat([path, name]))},"permissions":"${modeText(mode)}","type":"${type}","mode":${mode},` +
        `"mtime":"${time.utc(node.mtime)}","atime":"${time.utc(node.atime)}","ctime":"${time.utc(node.ctime)}",` +
        `"uid":${node.uid},"gid":${node.gid}${more.join('')}}`,
    )
  }
}

/** A place of a blob with restic's members. */
export function writePlaceJson(lines: ByteLines, { type, id, name, folder }: FoundId, snapshot: StoredSnapshot): void {
  const parent = type === 'blob' ? `,"parent_tree":"${folder.tree.toString('hex')}"` : ''
  const path = pathJson(name ? Buffer.concat([folder.path, name]) : folder.path)
  lines.text(
    `{"message_type":"object","object_type":"${type}","id":"${id}",${path}${parent},"snapshot":"${snapshot.id}",` +
      `"time":"${formatTime(snapshot.time)}"}\n`,
  )
}

export function writePlaceText(lines: ByteLines, { type, id, name, folder }: FoundId): void {
  lines.ascii(`${type} ${id.slice(0, 8)}  `)
  lines.bytes(folder.shown)
  if (name) lines.name(name)
  lines.ascii('\n')
}

function pathJson(path: Buffer): string {
  const raw = isUtf8(path) ? '' : `,"path_raw":"${path.toString('base64')}"`
  return `"path":${stringifyText(path.toString())}${raw}`
}

export function writeHeadText(lines: ByteLines, { id, time, hostname, paths }: StoredSnapshot): void {
  const shown = [hostname, paths.join(', ')].map((text) => printable(Buffer.from(text)))
  lines.text(`Snapshot ${id.slice(0, 8)} of ${shown.join(': ')} at ${createTimeText().local(time.ns)}:\n`)
}
