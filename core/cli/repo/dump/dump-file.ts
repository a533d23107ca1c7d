import { CoreError, formatBytes, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import type { TreeReader } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { FoundEntry } from '../lookup/snapshot-path.ts'
import { createOrderedStream } from '../stream/ordered-stream.ts'
import { streamContent } from '../stream/stream-content.ts'
import { showDumpProgress } from './dump-progress.ts'
import { openTarget } from './dump-target.ts'
import type { DumpWork } from './dump-work.ts'

/** Writes the content of a file. */
export async function dumpFile(
  { session, index, snapshot, target: wanted }: DumpWork,
  { node, path }: FoundEntry,
): Promise<ExitCode> {
  const { repository, output, signal } = session
  const shown = `/${printable(path)}`
  const content = contentOf(node, shown)
  await using target = await openTarget(wanted, output, { signal })
  // On standard output there is nothing but the content.
  using ticker = wanted === undefined ? undefined : showDumpProgress(output, systemClock, target, Number(node.size))
  try {
    const stream = createOrderedStream((blob) => target.write(blob))
    await streamContent(stream, index, content, (id) => repository.loadBlob(index, 'data', id, { signal }))
    await stream.finish()
  } catch (error) {
    throw isDamage(error) ? cutShort(error, shown, target.written, node.size) : error
  }
  await target.finish()
  const { written } = target
  const isOther = BigInt(written) !== node.size
  if (isOther) output.warn(`${shown} has ${written} bytes, as it was read; the snapshot says ${node.size}.`)
  const code = isOther ? EXIT.warnings : EXIT.done
  if (wanted === undefined) return code
  output.say(`Wrote ${formatBytes(written)} to ${target.name}.`)
  output.emit({ message_type: 'summary', snapshot_id: snapshot.id, path: shown, target: target.name, bytes: written })
  return code
}

function contentOf(node: TreeReader, shown: string): Buffer {
  const { type } = node
  const content = type === 'file' ? node.content : null
  if (content) return content
  const target = type === 'symlink' ? node.linkTarget : undefined
  const what = target ? `a symbolic link to ${printable(target)}` : `of type ${type}`
  throw new CoreError('input/invalid', `${shown} is ${what}, and has no content to write.`, {
    safety: 'Nothing was changed.',
    remedy: target ? 'Name the file that it points to.' : 'Name a file or a folder.',
  })
}

function isDamage(error: unknown): error is CoreError {
  return error instanceof CoreError && (error.code.startsWith('repository/') || error.code.startsWith('storage/'))
}

function cutShort(error: CoreError, shown: string, written: number, size: bigint): CoreError {
  return new CoreError(error.code, `${shown} ends after ${written} of ${size} bytes: ${error.message}`, {
    cause: error,
    safety: 'What was written is right as far as it goes. The repository was not changed.',
    remedy: 'Run `holdfast repo check --read-data` to see what is damaged, or take an earlier snapshot.',
  })
}
