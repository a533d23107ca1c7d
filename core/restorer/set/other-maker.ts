import { CoreError, reasonOf } from '../../base/index.ts'
import { type EntryStat, kindOf, type SystemCalls, printable } from '../../file-system/index.ts'
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
import type { FirstName, MadeFile } from './hard-links.ts'
import { pathOf, type Place } from './place.ts'

/** Makes what is neither file nor folder: symbolic links, FIFOs, devices, and further names of files. */
export interface OtherMaker {
  make(place: Place, node: TreeReader): void
  /** Gives a file that is restored another name. Says what became of it. */
  link(from: FirstName, to: Place, modified: bigint): 'linked' | 'kept' | 'lost'
  /** What has the name of a file, once it is whole and while nobody else can exchange it. */
  look(place: Place): MadeFile | undefined
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

  function look(place: Place): MadeFile | undefined {
    const stat = statTarget(target.folder(place.folder), place.name)
    return stat && { device: stat.dev, inode: stat.ino, changed: stat.ctimeNs }
  }

  /** Its folder may have been given back, to somebody who puts another file in its place. */
  function link(first: FirstName, to: Place, modified: bigint): 'linked' | 'kept' {
    const { place: from, made } = first
    const source = target.folder(from.folder)
    const folder = target.folder(to.folder)
    const wanted = statTarget(source, from.name)
    const isMade = wanted && made && wanted.ino === made.inode && wanted.dev === made.device
    if (!isMade || wanted.ctimeNs !== made.changed) throw exchanged(from)
    const there = statTarget(folder, to.name)
    if (there && there.ino === wanted.ino && there.dev === wanted.dev) return 'kept'
    if (there && isKept(there, { modified }, overwrite)) return 'kept'
    removeEntry(folder, to.name)
    makeHardLink(source, from.name, folder, to.name)
    const linked = look(to)
    if (linked?.inode !== made.inode || linked.device !== made.device) {
      removeEntry(folder, to.name)
      throw exchanged(from)
    }
    // A link more changes that.
    first.made = linked
    return 'linked'
  }

  return {
    look,
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

function exchanged(from: Place): CoreError {
  return new CoreError(
    'target/refused',
    `it is the same file as ${printable(pathOf(from))}, which somebody exchanged meanwhile`,
  )
}

function unrestorable(type: string): CoreError {
  return new CoreError('repository/unsupported', `entries of type ${type} cannot be restored`)
}

function problemAt(place: Place, part: Problem['part'], error: unknown): Problem {
  return { part, path: pathOf(place), reason: reasonOf(error) }
}
