import { CoreError } from '../../../../core/base/index.ts'
import { type Storage, changeStorage } from '../../../../core/storage/index.ts'

/** A failure that may pass. */
export function unreachable(): CoreError {
  return new CoreError('storage/unreachable', 'the line is down', { retryable: true })
}

/** What happens to one call. Nothing given: all goes well. */
export interface Mishap {
  /** Thrown instead of doing the work. */
  readonly before?: Error
  /** Thrown when the work is done; by a list after two files. */
  readonly after?: Error
  /** Thrown by a list after its last file. */
  readonly atEnd?: Error
}

/** A storage to which mishaps come: the first of `plan` to the first call, and so on. */
export function createFlakyStorage(storage: Storage, plan: Mishap[]) {
  const calls: string[] = []
  const doing = async <T>(method: string, work: () => Promise<T>): Promise<T> => {
    calls.push(method)
    const { before, after } = plan.shift() ?? {}
    if (before !== undefined) throw before
    const result = await work()
    if (after !== undefined) throw after
    return result
  }
  const flaky: Storage = changeStorage(storage, {
    prepare: (options) => doing('prepare', () => storage.prepare(options)),
    save: (handle, body, options) => doing('save', () => storage.save(handle, body, options)),
    load: (handle, options) => doing('load', () => storage.load(handle, options)),
    stat: (handle, options) => doing('stat', () => storage.stat(handle, options)),
    remove: (handle, options) => doing('remove', () => storage.remove(handle, options)),
    async *list(kind, options) {
      calls.push('list')
      const { before, after, atEnd } = plan.shift() ?? {}
      if (before !== undefined) throw before
      let count = 0
      for await (const file of storage.list(kind, options)) {
        if (after !== undefined && count++ === 2) throw after
        yield file
      }
      if (atEnd !== undefined) throw atEnd
    },
  })
  return { flaky, calls }
}
