import { CoreError } from '../../base/index.ts'
import { type DiskLayout, isLayout } from './disk-layout.ts'

const VERSION = 1
/** It has some hundred bytes. */
export const LONGEST_DISK_DOCUMENT = 4096

/** `disk.json`. */
export function encodeDiskDocument({ bytes, blockBytes, extentBytes }: DiskLayout): Buffer {
  return Buffer.from(`${JSON.stringify({ version: VERSION, bytes, blockBytes, extentBytes })}\n`)
}

/** Reads it strictly. `what` names it for messages, with a capital. Throws `repository/damaged` and `repository/unsupported`. */
export function decodeDiskDocument(text: Buffer, what: string): DiskLayout {
  const damaged = (why: string, cause?: unknown): CoreError =>
    new CoreError('repository/damaged', `${what} ${why}.`, {
      cause,
      safety: 'Nothing was changed. Whether the disk itself is damaged is not known.',
      remedy: 'Choose another snapshot; `restic restore` brings back its extents as files.',
    })
  let value: unknown
  try {
    value = text.length <= LONGEST_DISK_DOCUMENT ? JSON.parse(text.toString()) : undefined
  } catch (error) {
    throw damaged('is no JSON', error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged('is no description of a disk')
  const { version, bytes, blockBytes, extentBytes, ...others } = value as Readonly<Record<string, unknown>>
  if (typeof version === 'number' && version > VERSION) {
    throw new CoreError(
      'repository/unsupported',
      `${what} is of version ${version}, which this program does not know.`,
      {
        safety: 'Nothing was changed.',
        remedy: 'Restore the disk with a newer version, or its extents with restic.',
      },
    )
  }
  const layout = { bytes, blockBytes, extentBytes } as DiskLayout
  if (version !== VERSION || Object.keys(others).length > 0 || !isLayout(layout)) {
    throw damaged('describes no disk that there could be')
  }
  return layout
}
