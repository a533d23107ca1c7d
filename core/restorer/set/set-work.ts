import type { BlobIndex } from '../../repository/index.ts'
import type { EntryList } from '../entry-list.ts'
import type { FileSet } from '../file-set.ts'
import { createFileStates, type FileStates } from '../file-states.ts'
import type { FolderState } from './folder-maker.ts'
import type { FirstName, FurtherName } from './hard-links.ts'
import { createPackPlan, type PackPlan } from './pack-plan.ts'
import type { Place } from './place.ts'

/** A set that is being restored: what was found out about it, and what is still to be done. */
export interface SetWork {
  readonly set: FileSet
  /** By number of the folder. */
  readonly folderStates: readonly FolderState[]
  readonly plan: PackPlan
  readonly fileStates: FileStates
  /** Files that only want their metadata. */
  readonly finishOnly: number[]
  /** Files that are not left as they were, where they are to be verified. */
  readonly restored: number[]
  readonly furtherNames: FurtherName[]
  /** By number, those of this set. */
  readonly firsts: Map<number, FirstName>
}

export function beginWork(index: BlobIndex, set: FileSet, folderStates: readonly FolderState[]): SetWork {
  return {
    set,
    folderStates,
    plan: createPackPlan(index, set.blobs),
    fileStates: createFileStates(set.files.count),
    finishOnly: [],
    restored: [],
    furtherNames: [],
    firsts: new Map(),
  }
}

/** Where an entry of a set belongs. Copied: the set's memory is used again. */
export function placeOf(set: FileSet, list: EntryList, number: number): Place {
  return {
    folder: set.folders[list.folderOf(number)]?.path ?? Buffer.alloc(0),
    name: Buffer.from(list.read(number).name),
  }
}

export function* numbersTo(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number
}
