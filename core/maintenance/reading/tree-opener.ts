import { CoreError, reasonOf } from '../../base/index.ts'
import { type BlobIndex, type BlobReader, ID_BYTES } from '../../repository/index.ts'
import type { TreesJob, TreesRead, UnreadableTree } from './tree-job.ts'

/** Looks at a tree. Adds the entries of the trees below it that nobody has visited yet to `found`. */
export type VisitTree = (plain: Buffer, id: string, found: number[]) => void

/** Opens the trees of a job, and goes on with those below them that lie in the same bytes. Belongs to one thread. */
export interface TreeOpener {
  open(job: TreesJob, visit: VisitTree): TreesRead
}

/** `isStopped` says that nobody waits for the answer any more. */
export function createTreeOpener(index: BlobIndex, reader: BlobReader, isStopped: () => boolean): TreeOpener {
  const id = Buffer.alloc(ID_BYTES)
  return {
    open({ bytes, offset: base, length: available, pack, entries }, visit) {
      const sealed = Buffer.from(bytes, 0, available)
      const open = [...entries]
      const elsewhere: number[] = []
      const unreadable: UnreadableTree[] = []
      let trees = 0
      for (let entry = open.pop(); entry !== undefined && !isStopped(); entry = open.pop()) {
        const location = index.locate(entry)
        const start = location.offset - base
        if (location.pack !== pack || start < 0 || start + location.length > available) {
          elsewhere.push(entry)
          continue
        }
        const name = index.idOf(entry, id).toString('hex')
        try {
          const plain = reader.read(location, sealed.subarray(start, start + location.length), id)
          trees++
          visit(plain, name, open)
        } catch (error) {
          if (!isDamage(error)) throw error
          unreadable.push({ entry, reason: reasonOf(error) })
        }
      }
      return { trees, elsewhere: Uint32Array.from(elsewhere), unreadable }
    },
  }
}

/** Whether an error speaks of what is stored, and not of this program or of the storage. */
export function isDamage(error: unknown): error is CoreError {
  return error instanceof CoreError && (error.code === 'repository/damaged' || error.code === 'repository/unsupported')
}
