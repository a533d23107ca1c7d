import { basename, dirname, join } from 'node:path'

import { type Chance, systemCode } from '../../base/index.ts'
import { exists, publishConfig } from './config-file.ts'
import { flushFolder, makeFolder } from './folder.ts'
import { type HeldFolder, holdFolder } from './held-folder.ts'
import { MODES_FOR_ONE, modesOf } from './modes.ts'
import { rename, unlink } from './system-call.ts'
import { createTemporaryNames, discard, writeTemporary } from './temporary-file.ts'

/**
 * Writes whole files into the folders of one repository, durably: temporary name, flush, rename, flush of the folder.
 * Knows which folders are themselves durable, so that flushing what holds them is done once.
 */
export class Saver {
  readonly #root: string
  readonly #temporaryName: (finalName: string) => string
  readonly #durableFolders = new Set<string>()
  #modes: ReturnType<typeof modesOf> | undefined

  constructor(root: string, chance: Chance) {
    this.#root = root
    this.#temporaryName = createTemporaryNames(chance)
  }

  /** Says that these folders and all above them are known to outlive a crash. */
  trust(folders: readonly string[]): void {
    for (const folder of folders) this.#durableFolders.add(folder)
  }

  /** Fails with ENOENT where there is no repository. A folder missing within one is made. */
  async save(path: string, body: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const folder = dirname(path)
    const { file: mode } = await (this.#modes ??= modesOf(this.#root))
    using held = await this.#hold(folder)
    const temporary = held.at(this.#temporaryName(basename(path)))
    try {
      await writeTemporary(temporary, body, mode, signal)
      signal?.throwIfAborted()
      await rename(temporary, held.at(basename(path)))
    } catch (error) {
      await discard(temporary)
      throw error
    }
    await held.flush()
    await this.#flushAbove(folder)
  }

  /** The same for `config`, which is never replaced: fails with EEXIST. */
  async saveConfig(path: string, body: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
    const temporary = join(this.#root, this.#temporaryName(basename(path)))
    try {
      await writeTemporary(temporary, body, MODES_FOR_ONE.file, signal)
      signal?.throwIfAborted()
      await publishConfig(temporary, path)
    } catch (error) {
      await discard(temporary)
      throw error
    }
    try {
      await flushFolder(this.#root)
    } catch (error) {
      // It was never acknowledged, and while it stays nobody can try again.
      await discard(path)
      throw error
    }
  }

  async remove(path: string): Promise<void> {
    using held = await holdFolder(this.#root, dirname(path))
    await unlink(held.at(basename(path)))
    await held.flush()
  }

  /** Makes the folder where it is missing within a repository. */
  async #hold(folder: string): Promise<HeldFolder> {
    try {
      return await holdFolder(this.#root, folder)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
      await this.#makeFolder(folder, error)
      return holdFolder(this.#root, folder)
    }
  }

  /** Tools that copy repositories may leave empty folders out: `missing` is mended where there is a repository. */
  async #makeFolder(folder: string, missing: unknown): Promise<void> {
    const parent = dirname(folder)
    if (parent === this.#root) {
      // Else it is the bare mount point of a disk that was unplugged.
      if (!(await exists(join(this.#root, 'config')))) throw missing
    } else if (!(await exists(parent))) {
      await this.#makeFolder(parent, missing)
    }
    const { folder: mode } = await modesOf(this.#root)
    using held = await holdFolder(this.#root, parent)
    await makeFolder(held.at(basename(folder)), mode)
    this.#durableFolders.delete(folder)
  }

  /** Another process may have made the folder a moment ago and not flushed the one that holds it yet. */
  async #flushAbove(folder: string): Promise<void> {
    for (let each = folder; each !== this.#root && !this.#durableFolders.has(each); each = dirname(each)) {
      await flushFolder(dirname(each))
      this.#durableFolders.add(each)
    }
  }
}
