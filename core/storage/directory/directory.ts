import { constants } from 'node:fs'
import { join, resolve } from 'node:path'

import {
  type Abortable,
  type Chance,
  type Clock,
  isCode,
  systemChance,
  systemClock,
  systemCode,
} from '../../base/index.ts'
import { assertHandle } from '../handle.ts'
import { assertRange, lengthWithin, targetOf, truncated } from '../range.ts'
import { configExists } from '../refusal.ts'
import type { FileInfo, FileKind, FileStat, Handle, LoadOptions, Storage } from '../storage.ts'
import { exists } from './config-file.ts'
import { type Attempt, explain, vanished } from './failure.ts'
import { isLink, linkedFolder } from './held-folder.ts'
import { isPackPrefix, kindFolder, pathOf } from './layout.ts'
import { listFolder } from './listing.ts'
import { prepareFolders } from './prepare.ts'
import { Saver } from './saver.ts'
import { closeSoon, fstat, open, readdir, readFully, stat } from './system-call.ts'

export interface DirectoryOptions {
  /** How many requests at once. Default: 4, which is how many threads Node gives to files. */
  readonly connections?: number | undefined
  readonly clock?: Clock | undefined
  readonly chance?: Chance | undefined
}

/**
 * Keeps files in a directory, laid out as restic does it, so that both may use it at the same time. Touches nothing
 * until a method is called. The path is taken from the working directory of this moment. It may lead through symbolic
 * links; of the folders below it, one that is a link is only read from, and `prepare`, `save` and `remove` refuse it. Files
 * may be links.
 */
export function openDirectoryStorage(path: string, options: DirectoryOptions = {}): Storage {
  return new DirectoryStorage(resolve(path), options)
}

// With no `into`, a range longer than this is held against the file's size before memory is taken for it: a damaged
// index must not be able to ask for any amount.
const LONGEST_UNCHECKED = 16 * 1024 * 1024

/** A FIFO that somebody put in a file's place must not hang whoever reads. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

class DirectoryStorage implements Storage {
  readonly location: string
  readonly connections: number
  readonly #clock: Clock
  readonly #saver: Saver

  constructor(root: string, { connections = 4, clock = systemClock, chance = systemChance }: DirectoryOptions) {
    this.location = root
    this.connections = connections
    this.#clock = clock
    this.#saver = new Saver(root, chance)
  }

  async prepare({ signal }: Abortable = {}): Promise<void> {
    try {
      this.#saver.trust(await prepareFolders(this.location, this.#clock, signal))
    } catch (error) {
      throw await explain(error, { action: 'prepare', object: 'the folders', root: this.location })
    }
  }

  async save(handle: Handle, body: Uint8Array, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    assertHandle(handle)
    const path = pathOf(this.location, handle)
    try {
      await (handle.kind === 'config'
        ? this.#saver.saveConfig(path, body, signal)
        : this.#saver.save(path, body, signal))
    } catch (error) {
      if (handle.kind === 'config' && systemCode(error) === 'EEXIST') throw configExists(this.location, error)
      throw await this.#explain(error, { action: 'store', object: handle, size: body.byteLength })
    }
  }

  async load(handle: Handle, options: LoadOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted()
    assertHandle(handle)
    assertRange(handle, options)
    try {
      const fd = await open(pathOf(this.location, handle), READ_FLAGS)
      try {
        return await this.#read(fd, handle, options)
      } finally {
        closeSoon(fd)
      }
    } catch (error) {
      throw await this.#explain(error, { action: 'read', object: handle })
    }
  }

  async stat(handle: Handle, { signal }: Abortable = {}): Promise<FileStat> {
    signal?.throwIfAborted()
    assertHandle(handle)
    try {
      const { size, mtimeMs } = await stat(pathOf(this.location, handle))
      signal?.throwIfAborted()
      return { name: handle.name, size, stored: mtimeMs }
    } catch (error) {
      throw await this.#explain(error, { action: 'read', object: handle })
    }
  }

  async *list(kind: FileKind, { signal }: Abortable = {}): AsyncIterable<FileInfo> {
    signal?.throwIfAborted()
    if (kind === 'config') {
      yield* this.#listConfig(signal)
      return
    }
    const folder = kindFolder(this.location, kind)
    try {
      // What locks are is removed on request: a link in their place is to be told before it is asked for.
      if (kind === 'lock' && (await isLink(folder))) throw linkedFolder(folder)
      if (kind === 'pack') yield* this.#listPacks(folder, signal)
      else yield* listFolder(folder, '', signal)
    } catch (error) {
      if (systemCode(error) === 'ENOENT' && (await this.#isPresent(folder))) return
      throw await explain(error, { action: 'list', object: `${kind} files`, root: this.location })
    }
  }

  async remove(handle: Handle, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    assertHandle(handle)
    try {
      await this.#saver.remove(pathOf(this.location, handle))
    } catch (error) {
      throw await this.#explain(error, { action: 'remove', object: handle })
    }
  }

  async #read(fd: number, handle: Handle, options: LoadOptions): Promise<Uint8Array> {
    const { offset = 0, length, into, mostBytes, signal } = options
    signal?.throwIfAborted()
    const sizeMatters =
      length === undefined ||
      length === 0 ||
      mostBytes !== undefined ||
      (into === undefined && length > LONGEST_UNCHECKED)
    const wanted = sizeMatters ? lengthWithin(handle, this.location, (await fstat(fd)).size, options) : length
    const target = targetOf(handle, into, wanted)
    const count = await readFully(fd, target, offset)
    signal?.throwIfAborted()
    if (count < wanted) throw truncated(handle, this.location, (await fstat(fd)).size, options)
    return target
  }

  async *#listConfig(signal: AbortSignal | undefined): AsyncIterable<FileInfo> {
    try {
      const { name, size } = await this.stat({ kind: 'config', name: '' }, { signal })
      yield { name, size }
    } catch (error) {
      if (!isCode(error, 'storage/not-found')) throw error
    }
  }

  async *#listPacks(folder: string, signal: AbortSignal | undefined): AsyncIterable<FileInfo> {
    for (const prefix of (await readdir(folder)).filter(isPackPrefix)) {
      signal?.throwIfAborted()
      // A file in the wrong folder could not be loaded, so only names that belong here count.
      yield* listFolder(join(folder, prefix), prefix, signal)
    }
  }

  async #explain(error: unknown, attempt: Omit<Attempt, 'root'> & { readonly object: Handle }): Promise<unknown> {
    const { kind } = attempt.object
    if (systemCode(error) === 'ENOENT' && kind !== 'config') {
      if (!(await this.#isPresent(kindFolder(this.location, kind)))) return vanished(this.location, error)
    }
    return explain(error, { ...attempt, root: this.location })
  }

  /** Whether the repository itself is there, so that a file missing in it is really missing. */
  async #isPresent(folder: string): Promise<boolean> {
    return (await exists(folder)) || (await exists(join(this.location, 'config')))
  }
}
