import { fstatSync } from 'node:fs'

import { reasonOf } from '../../base/index.ts'
import { kindOf, type SystemCalls } from '../../file-system/index.ts'
import { readNode } from '../../snapshot/index.ts'
import {
  createMetadataWriter,
  type FolderOwner,
  giveBack,
  makeFolder,
  type Metadata,
  removeEntry,
  removeLeftParts,
  statTarget,
  takeOver,
  targetError,
  type TargetTree,
} from '../../target/index.ts'
import type { FolderItem } from '../file-set.ts'
import { throwIfFull } from '../full-target.ts'
import type { Problem } from '../messages.ts'
import { metadataOf } from '../node-metadata.ts'
import { isKept, namingOf, type Overwrite } from '../overwrite.ts'
import { placeOfPath } from './place.ts'

/** What became of a folder of a set. */
export type FolderState = 'new' | 'there' | 'refused'

/**
 * Makes folders, and gives them their metadata once everything that lies in them is restored. Until then they are ours
 * alone: nobody may exchange what was just written. A folder that only leads somewhere is given back as it was.
 */
export interface FolderMaker {
  /** To be called for each folder after those that it lies in, and before the next one beside it. */
  make(folder: FolderItem): FolderState
  /** Says that whatever is to come lies in this folder, or after it: folders that are behind are finished. */
  goOn(path: Buffer): void
  /** To be called last. */
  finish(): void
  /** To be called when a restore ends early: what was there belongs to whom it did. */
  giveUp(): void
}

/** A folder that still has to get its metadata, as writing into it changes its times, or to be given back. */
interface Unfinished {
  readonly path: Buffer
  /** Undefined where it only leads to what is restored. */
  readonly metadata: Metadata | undefined
  /** Whose it was, where it was taken over. */
  readonly owner: FolderOwner | undefined
}

export function createFolderMaker(
  target: TargetTree,
  calls: SystemCalls | undefined,
  { overwrite, partMark }: { readonly overwrite: Overwrite; readonly partMark: string },
  report: (problem: Problem) => void,
): FolderMaker {
  const writer = createMetadataWriter(calls)
  let unfinished: Unfinished[] = []
  const states = new Map<string, FolderState>()

  function reportAt(path: Buffer, part: Problem['part'], error: unknown): void {
    report({ part, path, reason: reasonOf(error) })
  }

  /** A file in the way gives way like one in the way of a file. A link does not: somebody wants it to lead elsewhere. */
  function makeRoom(parent: number, name: Buffer, modified: bigint | undefined): void {
    const there = statTarget(parent, name)
    const kind = there && kindOf(there)
    if (!there || kind === 'dir' || kind === 'symlink') return
    if (!isKept(there, { modified: modified ?? there.mtimeNs }, overwrite)) removeEntry(parent, name)
  }

  /** Returns whether it is new, having made sure that nobody else can exchange what will lie in it. */
  function makeOurs(path: Buffer, metadata: Metadata | undefined): boolean {
    if (path.length === 0) {
      remember(path, metadata, takeOver(target.folder(path)))
      return false
    }
    const { folder, name } = placeOfPath(path)
    const parent = target.folder(folder)
    makeRoom(parent, name, metadata?.modified)
    const mode = statTarget(parent, name)?.mode
    const isNew = makeFolder(parent, name)
    const descriptor = target.folder(path)
    const owner = takeOver(descriptor)
    // Making it may have added rights of the owner.
    remember(path, metadata, owner && mode !== undefined ? { ...owner, mode: Number(mode) & 0o7777 } : owner)
    if (owner && !isAt(parent, name, descriptor)) throw targetError(name, 'was exchanged while it was taken over')
    return isNew
  }

  function remember(path: Buffer, metadata: Metadata | undefined, owner: FolderOwner | undefined): void {
    if (metadata || owner) unfinished.push({ path, metadata, owner })
  }

  function tryMake(path: Buffer, metadata: Metadata | undefined): FolderState {
    // Told of the topmost already.
    if (path.length > 0 && states.get(placeOfPath(path).folder.toString('latin1')) === 'refused') return 'refused'
    try {
      return makeOurs(path, metadata) ? 'new' : 'there'
    } catch (error) {
      throwIfFull(path, error)
      reportAt(path, 'file', `${reasonOf(error)}; nothing that lies in it is restored`)
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

  function finishFolder({ path, metadata, owner }: Unfinished): void {
    const { folder, name } = placeOfPath(path)
    try {
      if (metadata)
        writer.toEntry(target.folder(folder), name, 'dir', metadata, (part, error) => reportAt(path, part, error))
      else if (owner) giveBack(target.folder(path), owner)
    } catch (error) {
      reportAt(path, metadata ? 'times' : 'owner', error)
    }
  }

  /** Finishes the others, the deeper ones first. */
  function finishAllBut(waits: (folder: Unfinished) => boolean): void {
    for (const folder of unfinished.toReversed()) if (!waits(folder)) finishFolder(folder)
    unfinished = unfinished.filter(waits)
  }

  return {
    make(folder) {
      const key = folder.path.toString('latin1')
      const known = states.get(key)
      if (known !== undefined) return known
      const metadata = tryRead(folder)
      const state = tryMake(folder.path, metadata)
      if (state === 'there' && namingOf(overwrite) !== 'in-place') removeLeftParts(target.folder(folder.path), partMark)
      states.set(key, state)
      return state
    },
    goOn(path) {
      const next = path.toString('latin1')
      const leadsThere = (above: string): boolean => above === '' || above === next || next.startsWith(`${above}/`)
      for (const known of states.keys()) if (!leadsThere(known)) states.delete(known)
      finishAllBut(
        // Later names of files in it are made of it, which takes that it may be entered.
        ({ path: each, metadata }) =>
          leadsThere(each.toString('latin1')) || (metadata !== undefined && (metadata.mode & SEARCHABLE) === 0),
      )
    },
    finish: () => finishAllBut(() => false),
    giveUp() {
      for (const { path, owner } of unfinished.toReversed()) finishFolder({ path, metadata: undefined, owner })
      unfinished = []
    },
  }
}

/** Whether this open folder is the one that has that name. */
function isAt(parent: number, name: Buffer, descriptor: number): boolean {
  const named = statTarget(parent, name)
  const { ino, dev } = fstatSync(descriptor, { bigint: true })
  return named?.ino === ino && named.dev === dev
}

/** The owner may reach what lies in the folder. */
const SEARCHABLE = 0o100
