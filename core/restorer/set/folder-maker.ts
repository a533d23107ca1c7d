import { readNode } from '../../snapshot/index.ts'
import {
  createMetadataWriter,
  kindOf,
  makeFolder,
  type Metadata,
  removeEntry,
  statTarget,
  type SystemCalls,
  type TargetTree,
} from '../../source/index.ts'
import type { FolderItem } from '../file-set.ts'
import type { Problem } from '../messages.ts'
import { metadataOf } from '../node-metadata.ts'
import { isKept, type Overwrite } from '../overwrite.ts'
import { placeOfPath } from './place.ts'

/** What became of a folder of a set. */
export type FolderState = 'new' | 'there' | 'refused'

/** Makes folders, and gives them their metadata once everything that lies in them is restored. */
export interface FolderMaker {
  /** To be called for each folder after those that it lies in, and before the next one beside it. */
  make(folder: FolderItem): FolderState
  /** Says that whatever is to come lies in this folder, or after it: folders that are behind are finished. */
  goOn(path: Buffer): void
  /** To be called last. */
  finish(): void
}

/** A folder that still has to get its metadata, as writing into it changes its times. */
interface Unfinished {
  readonly path: Buffer
  readonly metadata: Metadata
}

export function createFolderMaker(
  target: TargetTree,
  calls: SystemCalls | undefined,
  overwrite: Overwrite,
  report: (problem: Problem) => void,
): FolderMaker {
  const writer = createMetadataWriter(calls)
  let unfinished: Unfinished[] = []
  const states = new Map<string, FolderState>([['', 'there']])

  function reportAt(path: Buffer, part: Problem['part'], error: unknown): void {
    report({ part, path, reason: messageOf(error) })
  }

  /** A file in the way gives way like one in the way of a file. A link does not: somebody wants it to lead elsewhere. */
  function makeRoom(parent: number, name: Buffer, modified: bigint | undefined): void {
    const there = statTarget(parent, name)
    const kind = there && kindOf(there)
    if (!there || kind === 'dir' || kind === 'symlink') return
    if (!isKept(there, { modified: modified ?? there.mtimeNs }, overwrite)) removeEntry(parent, name)
  }

  function tryMake(path: Buffer, metadata: Metadata | undefined): FolderState {
    const { folder, name } = placeOfPath(path)
    // Told of the topmost already.
    if (states.get(folder.toString('latin1')) === 'refused') return 'refused'
    try {
      const parent = target.folder(folder)
      makeRoom(parent, name, metadata?.modified)
      return makeFolder(parent, name) ? 'new' : 'there'
    } catch (error) {
      reportAt(path, 'file', `${messageOf(error)}; nothing that lies in it is restored`)
      return 'refused'
    }
  }

  function tryRead({ path, node }: FolderItem): Metadata | undefined {
    try {
      return node && metadataOf(readNode(node))
    } catch (error) {
      reportAt(path, 'times', error)
      return undefined
    }
  }

  function writeMetadata({ path, metadata }: Unfinished): void {
    const { folder, name } = placeOfPath(path)
    try {
      writer.toEntry(target.folder(folder), name, 'dir', metadata, (part, error) => reportAt(path, part, error))
    } catch (error) {
      reportAt(path, 'times', error)
    }
  }

  /** Finishes the others, the deeper ones first. */
  function finishAllBut(waits: (folder: Unfinished) => boolean): void {
    for (const folder of unfinished.toReversed()) if (!waits(folder)) writeMetadata(folder)
    unfinished = unfinished.filter(waits)
  }

  return {
    make(folder) {
      const key = folder.path.toString('latin1')
      const known = states.get(key)
      if (known !== undefined) return known
      const metadata = tryRead(folder)
      const state = tryMake(folder.path, metadata)
      states.set(key, state)
      if (metadata && state !== 'refused') unfinished.push({ path: folder.path, metadata })
      return state
    },
    goOn(path) {
      const next = path.toString('latin1')
      const leadsThere = (above: string): boolean => above === '' || above === next || next.startsWith(`${above}/`)
      for (const known of states.keys()) if (!leadsThere(known)) states.delete(known)
      finishAllBut(
        // Later names of files in it are made of it, which takes that it may be entered.
        (folder) => leadsThere(folder.path.toString('latin1')) || (folder.metadata.mode & SEARCHABLE) === 0,
      )
    },
    finish: () => finishAllBut(() => false),
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The owner may reach what lies in the folder. */
const SEARCHABLE = 0o100
