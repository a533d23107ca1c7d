import { CoreError, formatBytes, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { streamFile } from '../../../restorer/index.ts'
import type { TreeReader } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { FoundEntry } from '../lookup/snapshot-path.ts'
import { showDumpProgress } from './dump-progress.ts'
import { openTarget } from './dump-target.ts'
import type { DumpWork } from './dump-work.ts'

/** Nobody else reads: as much as keeps a storage that is far away busy. Bytes. */
const READS_AHEAD = 32 * 1024 * 1024

/** Writes the content of a file. */
export async function dumpFile(
  { session, index, snapshot, target: wanted }: DumpWork,
  { node, path }: FoundEntry,
): Promise<ExitCode> {
  const { repository, output, signal } = session
  const shown = `/${printable(path)}`
  assertContent(node, shown)
  await using target = await openTarget(wanted, output, { signal })
  // On standard output there is nothing but the content.
  using ticker = wanted === undefined ? undefined : showDumpProgress(output, systemClock, target, Number(node.size))
  try {
    for await (const blob of streamFile(repository, index, node, { readsAhead: READS_AHEAD, signal }))
      await target.write(blob)
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

function assertContent(node: TreeReader, shown: string): void {
  const { type } = node
  if (type === 'file' && node.content) return
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
