import type { Abortable } from '../../../base/index.ts'
import type { UnusedBlob } from '../../../maintenance/index.ts'
import type { Output } from '../../output.ts'
import { ByteLines } from '../text/byte-lines.ts'

/** Lists blobs that no snapshot needs, a line each, no faster than they are read: there may be millions. */
export async function listUnused(output: Output, blobs: Iterable<UnusedBlob>, { signal }: Abortable): Promise<void> {
  const lines = new ByteLines()
  const line = output.json ? jsonLine : textLine
  for (const blob of blobs) {
    lines.ascii(line(blob))
    if (lines.isFull) await output.write(lines.take(), { signal })
  }
  await output.write(lines.take(), { signal })
}

function textLine({ type, id, pack }: UnusedBlob): string {
  return `unused ${type} ${id} in pack ${pack}\n`
}

function jsonLine({ type, id, pack }: UnusedBlob): string {
  return `{"message_type":"unused","type":"${type}","id":"${id}","pack":"${pack}"}\n`
}
