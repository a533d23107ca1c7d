import type { Abortable } from '../base/index.ts'
import { assertHandle } from './handle.ts'
import { assertRange, lengthWithin, targetOf } from './range.ts'
import { configExists, notFound } from './refusal.ts'
import type { FileInfo, FileKind, Handle, LoadOptions, Storage } from './storage.ts'

/** Keeps files in this process only: for tests, and for repositories that need not outlive it. Copies in and out. */
export function openMemoryStorage(): Storage {
  return new MemoryStorage()
}

class MemoryStorage implements Storage {
  readonly location = 'memory'
  readonly connections = 1
  readonly #files = new Map<FileKind, Map<string, Uint8Array>>()

  async prepare({ signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
  }

  async save(handle: Handle, body: Uint8Array, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    assertHandle(handle)
    const files = this.#files.get(handle.kind) ?? new Map<string, Uint8Array>()
    if (handle.kind === 'config' && files.size > 0) throw configExists(this.location)
    this.#files.set(handle.kind, files.set(handle.name, new Uint8Array(body)))
  }

  async load(handle: Handle, options: LoadOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted()
    assertRange(handle, options)
    const file = this.#find(handle)
    const { offset = 0, into } = options
    const length = lengthWithin(handle, this.location, file.byteLength, options)
    const target = targetOf(handle, into, length)
    target.set(file.subarray(offset, offset + length))
    return target
  }

  async stat(handle: Handle, { signal }: Abortable = {}): Promise<FileInfo> {
    signal?.throwIfAborted()
    return { name: handle.name, size: this.#find(handle).byteLength }
  }

  async *list(kind: FileKind, { signal }: Abortable = {}): AsyncIterable<FileInfo> {
    signal?.throwIfAborted()
    const files = this.#files.get(kind)
    // A live iterator would come twice by a file that is removed and saved again meanwhile.
    for (const name of files === undefined ? [] : [...files.keys()]) {
      const file = files?.get(name)
      if (file === undefined) continue
      yield { name, size: file.byteLength }
      signal?.throwIfAborted()
    }
  }

  async remove(handle: Handle, { signal }: Abortable = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#find(handle)
    this.#files.get(handle.kind)?.delete(handle.name)
  }

  #find(handle: Handle): Uint8Array {
    assertHandle(handle)
    const file = this.#files.get(handle.kind)?.get(handle.name)
    if (file !== undefined) return file
    throw notFound(handle, this.location)
  }
}
