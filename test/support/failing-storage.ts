import { CoreError, type ErrorCode } from '../../core/base/index.ts'
import { changeStorage, type Handle, type Storage } from '../../core/storage/index.ts'

/** The same storage, which does not hand out some files, though they are there. */
export function failLoads(
  storage: Storage,
  fails: (handle: Handle) => boolean,
  code: ErrorCode = 'storage/unreachable',
): Storage {
  return changeStorage(storage, {
    load(handle, options) {
      if (fails(handle)) return Promise.reject(new CoreError(code, `Cannot read ${handle.kind} ${handle.name}`))
      return storage.load(handle, options)
    },
  })
}
