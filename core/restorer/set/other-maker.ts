import { CoreError, reasonOf } from '../../base/index.ts'
import { type EntryStat, kindOf, type SystemCalls } from '../../file-system/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import {
  createMetadataWriter,
  makeHardLink,
  makeNode,
  makeSymlink,
  readSymlink,
  removeEntry,
  statTarget,
  type TargetTree,
} from '../../target/index.ts'
import { throwIfFull } from '../full-target.ts'
import type { Problem } from '../messages.ts'
import { metadataOf } from '../node-metadata.ts'
import { isKept, type Overwrite } from '../overwrite.ts'
import { pathOf, type Place } from './place.ts'

/** Makes what is neither file nor folder: symbolic links, FIFOs, devices, and further names of files. */
export interface OtherMaker {
  make(place: Place, node: TreeReader): void
  /** Gives a file that is restored another name. Says what became of it. */
  link(from: Place, to: Place, modified: bigint): 'linked' | 'kept' | 'lost'
}

/** Whom to tell of problems. */
export interface Reports {
  /** With a further name of a file. */
  ofName(problem: Problem): void
  /** With an entry that is no file. */
  ofOther(problem: Problem): void
}

export function createOtherMaker(
  target: TargetTree,
  calls: SystemCalls | undefined,
  overwrite: Overwrite,
  report: Reports,
): OtherMaker {
  const writer = createMetadataWriter(calls)

  function make(place: Place, node: TreeReader): void {
    const { name } = place
    const { type } = node
    if (type === 'socket' || type === 'irregular' || type === 'file' || type === 'dir') throw unrestorable(type)
    const metadata = metadataOf(node)
    const folder = target.folder(place.folder)
    const there = statTarget(folder, name)
    if (there && isKept(there, metadata, overwrite)) return
    if (!there || !isSame(folder, node, there)) {
      removeEntry(folder, name)
      if (type === 'symlink') makeSymlink(folder, name, node.linkTarget ?? NO_BYTES)
      else makeNode(calls, folder, name, type, node.device)
    }
    writer.toEntry(folder, name, type, metadata, (part, error) => report.ofOther(problemAt(place, part, error)))
  }

  function link(from: Place, to: Place, modified: bigint): 'linked' | 'kept' {
    const source = target.folder(from.folder)
    const folder = target.folder(to.folder)
    const wanted = statTarget(source, from.name)
    const there = statTarget(folder, to.name)
    if (wanted && there && there.ino === wanted.ino && there.dev === wanted.dev) return 'kept'
    if (there && isKept(there, { modified }, overwrite)) return 'kept'
    removeEntry(folder, to.name)
    makeHardLink(source, from.name, folder, to.name)
    return 'linked'
  }

  return {
    make(place, node) {
      try {
        make(place, node)
      } catch (error) {
        throwIfFull(pathOf(place), error)
        report.ofOther(problemAt(place, 'file', error))
      }
    },
    link(from, to, modified) {
      try {
        return link(from, to, modified)
      } catch (error) {
        throwIfFull(pathOf(to), error)
        report.ofName(problemAt(to, 'file', error))
        return 'lost'
      }
    },
  }
}

/** Whether only metadata may have to be written. What has a second name may be somebody else's, and is made anew. */
function isSame(folder: number, { name, type, linkTarget, device }: TreeReader, there: EntryStat): boolean {
  if (kindOf(there) !== type || there.nlink > 1n) return false
  if (type === 'symlink') return readSymlink(folder, name).equals(linkTarget ?? NO_BYTES)
  return type === 'fifo' || there.rdev === device
}

const NO_BYTES = Buffer.alloc(0)

function unrestorable(type: string): CoreError {
  return new CoreError('repository/unsupported', `entries of type ${type} cannot be restored`)
}

function problemAt(place: Place, part: Problem['part'], error: unknown): Problem {
  return { part, path: pathOf(place), reason: reasonOf(error) }
}
