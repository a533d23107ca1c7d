import { CoreError, reasonOf } from '../../base/index.ts'
import { describeHandle, type Handle, handleContext, type Storage } from '../../storage/index.ts'

/** Says that the bytes of a tier are not those that were saved. */
export function badContent(handle: Handle, location: string, what: string): CoreError {
  return new CoreError('storage/damaged', `${describeHandle(handle)} in ${location} is damaged: ${what}`, {
    safety: 'Nothing of it was handed out.',
    remedy: 'Look for a failing disk, and check the repository.',
    context: handleContext(handle, location),
  })
}

/** Whether a tier says that it has not got what was saved, and not only that it cannot be asked. */
export function isLoss({ code }: CoreError): boolean {
  return code === 'storage/not-found' || code === 'storage/truncated' || code === 'storage/damaged'
}

/** For a file that was never uploaded, where the local tier fails. `isThere`: the tier itself is. */
export function onlyLocal(handle: Handle, local: Storage, isThere: boolean, cause: CoreError): CoreError {
  const file = describeHandle(handle)
  const context = handleContext(handle, local.location)
  if (isThere && isLoss(cause)) {
    return new CoreError(
      'storage/damaged',
      `${file} cannot be read, and it is not in the cloud yet: ${cause.message}`,
      {
        cause,
        safety: `What ${file} held is lost, unless a copy of it is kept elsewhere; all other files are as good as before.`,
        remedy: 'Look for a failing disk of the cache. Then check the repository, which tells what needed it.',
        context,
      },
    )
  }
  return new CoreError(
    'storage/unreachable',
    `${file} is not in the cloud yet, and the cache ${local.location} cannot be read: ${reasonOf(cause)}`,
    {
      cause,
      retryable: true,
      safety: 'It is safe as long as the disk of the cache is. What is in the cloud can be read meanwhile.',
      remedy: 'Bring the disk of the cache back.',
      context,
    },
  )
}

/** For a file that the cloud has not got as it was saved. `local`: what the local tier said, where it was to have it too. */
export function lost(handle: Handle, cloud: Storage, cause: CoreError, local: CoreError | undefined): CoreError {
  const file = describeHandle(handle)
  const message = local
    ? `${file} can be read neither from the cache nor from the cloud: ${reasonOf(local)}; ${reasonOf(cause)}`
    : `${file} cannot be read from the cloud, which alone has it: ${reasonOf(cause)}`
  return new CoreError('storage/damaged', message, {
    cause,
    safety: 'Nothing of it was handed out. All other files are as good as before.',
    remedy:
      'Check the repository, which tells what needs it; look whether the cloud keeps an older version of the file.',
    context: handleContext(handle, cloud.location),
  })
}

/** For a journal that does not know the files that there are. */
export function notBuilt(location: string): CoreError {
  return new CoreError('storage/unreachable', `The journal of the cache ${location} does not know its files`, {
    retryable: true,
    safety: 'Nothing was read or changed.',
    remedy:
      'Is the disk of the cache mounted? If its journal was lost, have it built anew from the cache and the cloud.',
    context: { location },
  })
}
