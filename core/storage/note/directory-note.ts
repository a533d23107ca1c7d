import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { type Abortable, CoreError, systemChance, systemCode } from '../../base/index.ts'
import { publishConfig } from '../directory/config-file.ts'
import { explain, vanished } from '../directory/failure.ts'
import { flushFolder } from '../directory/folder.ts'
import { modesOf } from '../directory/modes.ts'
import { rename, stat } from '../directory/system-call.ts'
import { createTemporaryNames, discard, writeTemporary } from '../directory/temporary-file.ts'
import { LONGEST_NOTE, type NoteVersion, type SharedNote } from './shared-note.ts'

/** A note in the folder of a repository. */
export function openDirectoryNote(root: string, name: string): SharedNote {
  return new DirectoryNote(root, name)
}

class DirectoryNote implements SharedNote {
  readonly location: string
  readonly #root: string
  // As those of `config`, so that what a crash left is swept with the repository's own.
  readonly #temporaryName = createTemporaryNames(systemChance)

  constructor(root: string, name: string) {
    this.#root = root
    this.location = join(root, name)
  }

  async read({ signal }: Abortable = {}): Promise<NoteVersion | undefined> {
    signal?.throwIfAborted()
    try {
      const { size } = await stat(this.location)
      if (size > LONGEST_NOTE) throw tooLong(this.location)
      const body = await readFile(this.location)
      return { body, tag: hash('sha256', body) }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw await this.#explained(error, 'read')
      await this.#assertThere()
      return undefined
    }
  }

  async replace(before: NoteVersion | undefined, body: Uint8Array, { signal }: Abortable = {}): Promise<boolean> {
    const now = await this.read({ signal })
    if (now?.tag !== before?.tag) return false
    const temporary = join(this.#root, this.#temporaryName('config'))
    try {
      const { file: mode } = await modesOf(this.#root)
      await writeTemporary(temporary, body, mode, signal)
      signal?.throwIfAborted()
      if (before === undefined) await publishConfig(temporary, this.location)
      else await rename(temporary, this.location)
      await flushFolder(this.#root)
    } catch (error) {
      await discard(temporary)
      if (before === undefined && systemCode(error) === 'EEXIST') return false
      throw await this.#explained(error, 'store')
    }
    return (await this.read({ signal }))?.tag === hash('sha256', body)
  }

  [Symbol.dispose](): void {
    // Nothing is held.
  }

  /** Else it is the bare mount point of a disk that is not there. */
  async #assertThere(): Promise<void> {
    try {
      await stat(join(this.#root, 'config'))
    } catch (error) {
      throw vanished(this.#root, error)
    }
  }

  #explained(error: unknown, action: 'read' | 'store'): Promise<unknown> {
    if (error instanceof CoreError) return Promise.resolve(error)
    return explain(error, { action, object: basename(this.location), root: this.#root })
  }
}

function tooLong(location: string): CoreError {
  return new CoreError('storage/too-large', `${location} is longer than such a file is`, {
    safety: 'Nothing was changed.',
    remedy: 'Look what it is, and who has written it.',
    context: { location },
  })
}
