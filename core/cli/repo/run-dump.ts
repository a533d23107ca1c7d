import { CoreError, formatBytes } from '../../base/index.ts'
import { createTreeLoader } from '../../repository/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import { printable } from '../../source/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { chooseSnapshot } from './choose-snapshots.ts'
import { openFileTarget, standardOutputTarget } from './dump-target.ts'
import type { DumpOptions } from './dump.ts'
import { withSession } from './session.ts'
import { snapshotFilter } from './snapshot-options.ts'
import { findEntry, findFolder, namesOf, splitSnapshotPath } from './snapshot-path.ts'
import { streamContent } from './stream-content.ts'

export function runDump(wanted: string, path: string, options: DumpOptions): Promise<ExitCode> {
  return withSession(options, 'shared', async (session) => {
    const { repository, output, signal } = session
    const { snapshot: name, folder } = splitSnapshotPath(wanted)
    const loadIndex = repository.loadIndex({ signal })
    // Awaited below; a snapshot that is not there is told first.
    loadIndex.catch(() => undefined)
    const snapshot = await chooseSnapshot(session, name, snapshotFilter(options, process.env))
    const index = await loadIndex
    const trees = createTreeLoader(repository, index)
    const root = await findFolder(trees, snapshot, folder, { signal })
    const names = namesOf(path)
    const shown = names.map((each) => `/${printable(each)}`).join('')
    if (names.length === 0) throw isFolder('/', snapshot.id)
    const node = await findEntry(trees, snapshot, root, names, { signal })
    const content = contentOf(node, shown, snapshot.id)

    await using target =
      options.target === undefined ? standardOutputTarget(output, { signal }) : await openFileTarget(options.target)
    let written = 0
    try {
      await streamContent(
        repository,
        index,
        content,
        async (blob) => {
          await target.write(blob)
          written += blob.length
        },
        { signal },
      )
    } catch (error) {
      throw isDamage(error) ? cutShort(error, shown, written, node.size) : error
    }
    if (BigInt(written) !== node.size) throw wrongSize(shown, written, node.size)
    await target.finish()
    if (options.target === undefined) return EXIT.done
    output.say(`Wrote ${formatBytes(written)} to ${target.name}.`)
    output.emit({ message_type: 'summary', snapshot_id: snapshot.id, path: shown, target: target.name, bytes: written })
    return EXIT.done
  })
}

function contentOf(node: TreeReader, shown: string, snapshotId: string): Buffer {
  const { type } = node
  if (type === 'dir') throw isFolder(shown, snapshotId)
  const content = type === 'file' ? node.content : null
  if (content) return content
  const target = type === 'symlink' ? node.linkTarget : undefined
  const what = target ? `a symbolic link to ${printable(target)}` : `of type ${type}`
  throw new CoreError('input/invalid', `${shown} is ${what}, and has no content to write.`, {
    safety: 'Nothing was changed.',
    remedy: target ? 'Name the file that it points to.' : 'Name a file.',
  })
}

function isFolder(shown: string, snapshotId: string): CoreError {
  return new CoreError('input/invalid', `${shown} is a folder; only files can be written to standard output so far.`, {
    safety: 'Nothing was changed.',
    remedy: `Name a file, or bring the folder back with \`holdfast repo restore ${snapshotId.slice(0, 8)} --include\`.`,
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

function wrongSize(shown: string, written: number, size: bigint): CoreError {
  return new CoreError('repository/damaged', `${shown} has ${written} bytes, and the snapshot says ${size}.`, {
    safety: 'All that is stored of it was written, and each piece is what it was.',
    remedy: 'Compare it with an earlier snapshot: it may have changed while it was backed up.',
  })
}
