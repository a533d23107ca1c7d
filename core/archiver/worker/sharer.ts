import { CoreError } from '../../base/index.ts'
import type { ByteString } from '../../file-system/index.ts'
import type { Bell } from '../../repository/index.ts'
import type { Idlers } from '../idlers.ts'
import type { Done, FromWorker, SentParent } from '../messages.ts'
import type { FolderPlace } from './entry-archiver.ts'
import type { Mailbox } from './mailbox.ts'

/** Hands parts of this worker's work to idle ones. */
export interface Sharer {
  someoneIsIdle(): boolean
  /** Shares entries of a folder, which stays open until they are there. Returns what to `await` with, or undefined where nobody is idle any more. */
  share(folder: FolderPlace, names: readonly ByteString[], parent: SentParent | undefined): number | undefined
  /** The encoded nodes of shared entries. Helps others until they are there. Throws `source/too-large`. */
  await(token: number): Uint8Array
}

export function createSharer(
  worker: number,
  idlers: Idlers,
  mailbox: Mailbox,
  bell: Bell,
  post: (message: FromWorker) => void,
  help: () => boolean,
): Sharer {
  let shared = 0

  return {
    someoneIsIdle: () => idlers.isAnyIdle(worker),
    share({ open, rootDevice }, names, parent) {
      const to = idlers.claim(worker)
      if (to < 0) return undefined
      // Negative, and unlike any other worker's: the main thread counts its own tasks upwards from 1.
      const token = -(++shared * 1024 + worker)
      const list = Buffer.from(`${names.join('\0')}\0`, 'latin1')
      post({
        type: 'share',
        to,
        task: { type: 'entries', token, folder: { address: open.address(), rootDevice }, names: list, parent },
      })
      return token
    },
    await(token) {
      let result: Done['result'] | undefined
      bell.waitUntil(() => {
        result = mailbox.answer(token)?.result
        return result !== undefined
      }, help)
      if (result && 'tooLarge' in result) throw new CoreError('source/too-large', result.tooLarge)
      return result ?? new Uint8Array(0)
    },
  }
}
