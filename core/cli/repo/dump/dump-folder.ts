import { CoreError, formatBytes, formatCount, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { type ArchivedFolder, writeArchive } from '../../../restorer/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { showDumpProgress } from './dump-progress.ts'
import { openTarget } from './dump-target.ts'
import type { DumpWork } from './dump-work.ts'

/** Writes a folder, with all below it, as an archive. */
export async function dumpFolder(
  { session, index, trees, snapshot, target: wanted }: DumpWork,
  folder: ArchivedFolder,
): Promise<ExitCode> {
  const { repository, output, signal } = session
  const shown = `/${printable(folder.path)}`
  if (wanted === undefined && process.stdout.isTTY) throw isTerminal(shown)
  await using target = await openTarget(wanted, output, { signal })
  // On standard output there is nothing but the archive. How large it will be nobody knows before its folders are read.
  using ticker = wanted === undefined ? undefined : showDumpProgress(output, systemClock, target, undefined)
  let problems = 0
  const { entries, bytes } = await writeArchive(repository, index, trees, folder, {
    write: (block) => target.write(block),
    onProblem(path, problem) {
      problems++
      output.warn(`/${printable(path)}: ${problem}.`)
    },
    signal,
  })
  await target.finish()
  if (wanted !== undefined) {
    output.say(`Wrote ${formatCount(entries)} entries with ${formatBytes(Number(bytes))} to ${target.name}.`)
    output.emit({
      message_type: 'summary',
      snapshot_id: snapshot.id,
      path: shown,
      target: target.name,
      entries,
      bytes,
      problems,
    })
  }
  return problems > 0 ? EXIT.warnings : EXIT.done
}

function isTerminal(shown: string): CoreError {
  return new CoreError('input/invalid', `${shown} is a folder, and a terminal cannot show the archive of it.`, {
    safety: 'Nothing was changed.',
    remedy: 'Let it go into a file with --target, or into a program such as tar.',
  })
}
