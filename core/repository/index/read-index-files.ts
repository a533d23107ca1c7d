import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Sealer } from '../crypto/seal.ts'
import { loadUnpacked } from '../unpacked.ts'
import { IndexContent } from './index-content.ts'
import { readIndex } from './index-reader.ts'

/** An index file, and what it lists. */
export interface ReadIndexFile {
  readonly name: string
  /** Its place in the order of reading, from 0; files that cannot be read have one too. */
  readonly number: number
  /** Only good until the next file is asked for. */
  readonly content: IndexContent
}

export interface ReadIndexFilesOptions extends Abortable {
  /** Reads these, and not all that are there. */
  readonly names?: readonly string[] | undefined
  /** Told how many there are, and their bytes, before the first is read. Not where `names` says it. */
  readonly onListed?: ((files: number, bytes: number) => void) | undefined
  /** Called for an index file that cannot be read; it is left out. Without it, the first one ends the reading. */
  readonly onUnreadable?: ((name: string, error: CoreError, number: number) => void) | undefined
}

/**
 * Reads every index file of a repository, one after the other; the next is loaded while one is used. Throws
 * `repository/damaged`, naming the file, and what the storage fails with.
 *
 * Also files that another one supersedes: who replaced them may have been ended before all of the replacement was there.
 */
export async function* readIndexFiles(
  storage: Storage,
  sealer: Sealer,
  { names: wanted, signal, onListed, onUnreadable }: ReadIndexFilesOptions = {},
): AsyncGenerator<ReadIndexFile> {
  const names = [...(wanted ?? [])]
  let bytes = 0
  if (!wanted) {
    for await (const { name, size } of storage.list('index', { signal })) {
      names.push(name)
      bytes += size
    }
    onListed?.(names.length, bytes)
  }

  function load(name: string | undefined): Promise<Buffer> | undefined {
    const loading = name === undefined ? undefined : loadUnpacked(storage, sealer, 'index', name, { signal })
    // The failure belongs to whoever awaits it; meanwhile it must not count as unhandled.
    loading?.catch(() => undefined)
    return loading
  }

  const content = new IndexContent()
  let next = load(names[0])
  for (const [number, name] of names.entries()) {
    const loading = next
    next = load(names[number + 1])
    try {
      if (loading) readNamed(await loading, content, name)
    } catch (error) {
      signal?.throwIfAborted()
      if (!onUnreadable || !(error instanceof CoreError)) throw error
      onUnreadable(name, error, number)
      continue
    }
    yield { name, number, content }
  }
}

function readNamed(plain: Buffer, content: IndexContent, name: string): void {
  try {
    readIndex(plain, content)
  } catch (error) {
    if (!isCode(error, 'repository/damaged')) throw error
    throw new CoreError('repository/damaged', `Index ${name} cannot be used: ${error.message}.`, {
      cause: error,
      safety: 'The packs it lists are untouched.',
      remedy: 'Run `holdfast repo repair index`: it lists all packs anew.',
    })
  }
}
