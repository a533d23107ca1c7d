import { formatBytes, formatCounted } from '../../../base/index.ts'
import { type ByteString, printable } from '../../../file-system/index.ts'
import type { LossReport } from '../../../maintenance/index.ts'
import type { Output } from '../../output.ts'

/** What is lost of snapshots, as it is told. */
export interface ToldLosses {
  readonly report: LossReport
  /** How much was told of: each of it ends the command with warnings. */
  readonly count: number
  /** Tells how much lies in packs that wait to be removed, if any does. To be called once all was looked at. */
  tellWaiting(): void
}

export function tellLosses(output: Output): ToldLosses {
  let count = 0
  let waiting = 0

  function tell(path: ByteString, what: string, message: Readonly<Record<string, unknown>>): void {
    count++
    const shown = path === '' ? '/' : printable(Buffer.from(path, 'latin1'))
    output.warn(`${shown}: ${what}`)
    output.emit({ ...message, path: shown })
  }

  return {
    get count() {
      return count
    },
    report: {
      onFile(path, left, size, lost) {
        const what = `${formatBytes(Number(left))} of ${formatBytes(Number(size))} are left.`
        tell(path, what, { message_type: 'file', bytes_left: left, bytes: size, blobs_lost: lost })
      },
      onFolder(path) {
        tell(path, 'nothing is known any more of what this folder held.', { message_type: 'folder' })
      },
      onFolderLeft(path, error) {
        tell(path, `stays as it is: ${error.message}.`, { message_type: 'folder_left' })
      },
      onDisk(path, areas) {
        for (const { offset, length, of } of areas) {
          const bytes = `bytes ${offset} to ${offset + length - 1} of this disk`
          const why = of === 'extent' ? ', of which only the length is known any more,' : ''
          tell(path, `${bytes}${why} are lost; zeros take their place.`, {
            message_type: 'disk',
            offset,
            length,
            lost: of,
          })
        }
      },
      onDiskLeft(path, error) {
        const what = `stays as it is, as nobody can tell where what is left of this disk belongs: ${error.message}`
        tell(path, what, { message_type: 'disk_left' })
      },
      onWaiting: () => waiting++,
    },
    tellWaiting() {
      if (waiting === 0) return
      count++
      // A prune walks all trees, and fails where something is lost: so this comes first.
      output.warn(
        `Of ${formatCounted(waiting, 'entry', 'entries')} something lies in packs that wait to be removed, which restic does not find. Run \`holdfast repo prune\` next: it takes back what snapshots need.`,
      )
      output.emit({ message_type: 'waiting', entries: waiting })
    },
  }
}
