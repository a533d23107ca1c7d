import {
  createMetadataWriter,
  makeHardLink,
  makeNode,
  makeSymlink,
  removeEntry,
  statTarget,
  type SystemCalls,
  type TargetTree,
} from '../source/index.ts'
import type { EntryItem } from './file-set.ts'
import type { Problem } from './messages.ts'
import { metadataOf, readNode } from './node-metadata.ts'
import type { Overwrite } from './overwrite.ts'

/** Where an entry is made. */
export interface Place {
  /** Path of its folder below the target. */
  readonly folder: Buffer
  readonly name: Buffer
}

/** Makes what is neither file nor folder: symbolic links, FIFOs, devices, and further names of files. */
export interface OtherMaker {
  make(place: Place, item: EntryItem): void
  /** Gives a file that is restored another name. */
  link(from: Place, to: Place): void
}

export function createOtherMaker(
  target: TargetTree,
  calls: SystemCalls | undefined,
  overwrite: Overwrite,
  report: (problem: Problem) => void,
): OtherMaker {
  const metadata = createMetadataWriter(calls)

  function reportAt({ folder, name }: Place, part: Problem['part'], error: unknown): void {
    const path = folder.length > 0 ? Buffer.concat([folder, SLASH, name]) : name
    report({ part, path, reason: error instanceof Error ? error.message : String(error) })
  }

  /** False where what is there stays. Such entries have no content to compare, so they are made anew. */
  function makeRoom(folder: number, name: Buffer): boolean {
    if (!statTarget(folder, name)) return true
    if (overwrite === 'never') return false
    removeEntry(folder, name)
    return true
  }

  return {
    make(place, item) {
      const node = readNode(item.node)
      try {
        const { type } = node
        const folder = target.folder(place.folder)
        if (type === 'socket' || type === 'irregular' || type === 'file' || type === 'dir') {
          reportAt(place, 'file', new Error(`entries of type ${type} cannot be restored`))
          return
        }
        if (!makeRoom(folder, place.name)) return
        if (type === 'symlink') makeSymlink(folder, place.name, node.linkTarget ?? Buffer.alloc(0))
        else makeNode(calls, folder, place.name, type, node.device)
        metadata.toEntry(folder, place.name, type, metadataOf(node), (part, error) => reportAt(place, part, error))
      } catch (error) {
        reportAt(place, 'file', error)
      }
    },
    link(from, to) {
      try {
        const source = target.folder(from.folder)
        const folder = target.folder(to.folder)
        const wanted = statTarget(source, from.name)
        const there = statTarget(folder, to.name)
        if (wanted && there && there.ino === wanted.ino && there.dev === wanted.dev) return
        if (makeRoom(folder, to.name)) makeHardLink(source, from.name, folder, to.name)
      } catch (error) {
        reportAt(to, 'file', error)
      }
    },
  }
}

const SLASH = Buffer.from('/')
