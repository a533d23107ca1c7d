import { CoreError, isCode, reasonOf } from '../../base/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import { linkedFileKey } from '../../snapshot/index.ts'
import { openSystemCalls, printable, type TargetTree } from '../../source/index.ts'
import { assertReachable } from '../../storage/index.ts'
import { contentLength, findContent, plainLength } from '../content.ts'
import type { EntryList } from '../entry-list.ts'
import type { FileSet } from '../file-set.ts'
import { createFileStates } from '../file-states.ts'
import type { Problem } from '../messages.ts'
import { metadataOf } from '../node-metadata.ts'
import type { RestoreCrew } from '../restore-crew.ts'
import type { RestoreOptions } from '../restore.ts'
import { createBufferPool } from './buffer-pool.ts'
import { createExaminer, type Verdict } from './examiner.ts'
import { createFolderMaker, type FolderState } from './folder-maker.ts'
import { createHardLinks, type FirstName, type FurtherName } from './hard-links.ts'
import { inParallel } from './in-parallel.ts'
import { createOtherMaker } from './other-maker.ts'
import { createPackPlan, LONGEST_READ, type PackRead, splitRead } from './pack-plan.ts'
import { pathOf, type Place } from './place.ts'

export interface SetRestorerParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly target: TargetTree
  readonly crew: RestoreCrew
  readonly workers: number
  readonly options: RestoreOptions
  readonly report: (problem: Problem) => void
}

/** Restores one set of files after the other. */
export interface SetRestorer {
  /**
   * What is decided so far: every file is counted as done once, when it is clear what to do for it. Of these some are
   * skipped, as they stay what they were, and some lost. `bytesRight` were there already.
   */
  readonly counts: { filesDone: number; filesSkipped: number; filesLost: number; bytesRight: number }
  run(set: FileSet): Promise<void>
  /** Gives folders their metadata, when all sets are restored. */
  finishFolders(): void
  /** Gives back the folders that were taken over, where it ends early. Harmless after `finishFolders`. */
  giveUpFolders(): void
}

/** Reads of packs that are loaded while workers are busy. */
const READS_AHEAD = 3

export function createSetRestorer(parts: SetRestorerParts): SetRestorer {
  const { repository, index, target, crew, workers, options } = parts
  const { overwrite, signal } = options
  const calls = openSystemCalls()
  const counts = { filesDone: 0, filesSkipped: 0, filesLost: 0, bytesRight: 0 }
  /** Of files alone. */
  function report(problem: Problem): void {
    if (problem.part === 'file') counts.filesLost++
    parts.report(problem)
  }
  const folderMaker = createFolderMaker(target, calls, overwrite, parts.report)
  const others = createOtherMaker(target, calls, overwrite, { ofName: report, ofOther: parts.report })
  const examiner = createExaminer(target, crew, overwrite)
  const pool = createBufferPool(workers + READS_AHEAD, LONGEST_READ)
  const hardLinks = createHardLinks()

  /** What is found out about a set before its first byte is written. */
  interface Prepared {
    readonly set: FileSet
    readonly states: readonly FolderState[]
    readonly plan: ReturnType<typeof createPackPlan>
    readonly fileStates: ReturnType<typeof createFileStates>
    /** Files that only want their metadata. */
    readonly finishOnly: number[]
    /** Files that are not left as they were, where they are to be verified. */
    readonly restored: number[]
    readonly furtherNames: FurtherName[]
    /** By number, those of this set. */
    readonly firsts: Map<number, FirstName>
  }

  async function consider(prepared: Prepared, number: number): Promise<void> {
    const { set, states, furtherNames, firsts } = prepared
    const { files } = set
    counts.filesDone++
    if (states[files.folderOf(number)] === 'refused') {
      counts.filesLost++
      return
    }
    const identity = linkedFileKey(files.read(number))
    if (identity === undefined) {
      await restoreContent(prepared, number)
      return
    }
    const place = placeOf(set, files, number)
    const { first, isOwn } = await hardLinks.claim(identity, place, () => restoreContent(prepared, number))
    if (isOwn) firsts.set(number, first)
    else furtherNames.push({ first, place, modified: files.read(number).mtime })
  }

  /** Finds out what is to be done for a file's content. Resolves to whether it stays as it is, and is not right. */
  async function restoreContent(prepared: Prepared, number: number): Promise<boolean> {
    const { set, states, plan, fileStates, finishOnly, restored } = prepared
    const { files } = set
    // All that is needed of the node is read before anything is awaited: others are read meanwhile.
    const node = files.read(number)
    const entries = findContent(index, node)
    const size = BigInt(contentLength(index, entries))
    if (node.size !== size) {
      const reason = `its content has ${size} bytes and is restored as it was read; the snapshot says ${node.size}`
      report({ part: 'size', path: pathOf(placeOf(set, files, number)), reason })
    }
    let verdict: Verdict = { type: 'make' }
    if (states[files.folderOf(number)] === 'there') {
      const { modified } = metadataOf(node)
      verdict = await examiner.examine(placeOf(set, files, number), number, { size, modified }, entries)
      if (verdict.type === 'keep') {
        counts.filesSkipped++
        counts.bytesRight += Number(size)
        return !verdict.isRight
      }
    }
    const right = verdict.type === 'mend' ? verdict.right : undefined
    const wanted = plan.add(number, entries, (blob) => right?.[blob] === 1)
    for (const [blob, entry] of entries.entries())
      if (right?.[blob] === 1) counts.bytesRight += plainLength(index, entry)
    fileStates.set(number, wanted, right !== undefined)
    if (wanted === 0) finishOnly.push(number)
    if (options.verify) restored.push(number)
    return false
  }

  /** Returns the rows whose blobs are damaged. */
  async function writeRead({ pack, offset, length, entries, files, positions }: PackRead): Promise<readonly number[]> {
    signal?.throwIfAborted()
    const isLong = length > LONGEST_READ
    const bytes = isLong ? new SharedArrayBuffer(length) : await pool.take()
    try {
      const name = index.packs.idOf(pack).toString('hex')
      const into = new Uint8Array(bytes, 0, length)
      await repository.storage.load({ kind: 'pack', name }, { offset, length, into, signal })
      const done = await crew.run({ type: 'pack', bytes, offset, entries, files, positions })
      for (const problem of done.problems) report(problem)
      return done.damaged ?? []
    } finally {
      if (!isLong) pool.giveBack(bytes)
    }
  }

  /** What cannot be read is looked for in other copies. The files of what is left are lost; all others are not. */
  async function tryRead(prepared: Prepared, read: PackRead): Promise<void> {
    let rows: readonly number[]
    let reason = 'a part of its content is damaged in the repository'
    try {
      rows = await writeRead(read)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isStorageFailure(error)) throw error
      await assertReachable(repository.storage, error, { signal })
      // Of a file that was cut off, or lies on a bad spot of a disk, only some blobs cannot be read.
      const halves = error.code === 'storage/not-found' ? undefined : splitRead(index, read)
      if (halves) {
        for (const half of halves) await tryRead(prepared, half)
        return
      }
      rows = [...read.entries.keys()]
      reason = error.message
    }
    if (rows.length === 0) return
    const copies = createPackPlan(index, rows.length)
    for (const row of rows) if (!copies.addCopy(read, row)) lose(prepared, read.files[row] ?? 0, reason)
    for (const copy of copies.reads()) await tryRead(prepared, copy)
  }

  /** Never finished, so nobody gives the file the times of a good one. */
  function lose({ set, fileStates }: Prepared, number: number, reason: string): void {
    if (fileStates.isSpoilt(number)) return
    fileStates.spoil(number)
    report({ part: 'file', path: pathOf(placeOf(set, set.files, number)), reason })
  }

  async function finishFiles({ finishOnly }: Prepared): Promise<void> {
    for (let at = 0; at < finishOnly.length; at += FINISHED_AT_ONCE) {
      signal?.throwIfAborted()
      const files = Uint32Array.from(finishOnly.slice(at, at + FINISHED_AT_ONCE))
      for (const problem of (await crew.run({ type: 'finish', files })).problems) report(problem)
    }
  }

  async function run(set: FileSet): Promise<void> {
    signal?.throwIfAborted()
    const { folders, files } = set
    folderMaker.goOn(folders[0]?.path ?? Buffer.alloc(0))
    const fileStates = createFileStates(files.count)
    const prepared: Prepared = {
      set,
      states: folders.map((folder) => folderMaker.make(folder)),
      plan: createPackPlan(index, set.blobs),
      fileStates,
      finishOnly: [],
      restored: [],
      furtherNames: [],
      firsts: new Map(),
    }
    crew.beginSet({ folders: folders.map(({ path }) => path), files: files.shared, states: fileStates.shared })
    await inParallel(numbersTo(files.count), workers * 2, async (number) => {
      signal?.throwIfAborted()
      try {
        await consider(prepared, number)
      } catch (error) {
        signal?.throwIfAborted()
        if (isCode(error, 'internal/defect') || isCode(error, 'target/full')) throw error
        report({ part: 'file', path: pathOf(placeOf(set, files, number)), reason: reasonOf(error) })
      }
    })
    await inParallel(prepared.plan.reads(), workers + READS_AHEAD, (read) => tryRead(prepared, read))
    await finishFiles(prepared)
    // Before files get their further names: one that has several is not opened for writing, as a comparison is.
    await verify(prepared)
    makeOthers(prepared)
  }

  function makeOthers({ set, states, firsts, furtherNames, fileStates }: Prepared): void {
    for (const number of numbersTo(set.others.count)) {
      if (states[set.others.folderOf(number)] === 'refused') continue
      others.make(placeOf(set, set.others, number), set.others.read(number))
    }
    for (const [number, first] of firsts) first.isLost ||= fileStates.isSpoilt(number)
    for (const { first, place, modified } of furtherNames) {
      if (!first.isLost) others.link(first.place, place, modified)
      else {
        const reason = `it is the same file as ${printable(pathOf(first.place))}`
        report({ part: 'file', path: pathOf(place), reason })
      }
    }
  }

  async function verify(prepared: Prepared): Promise<void> {
    const { files } = prepared.set
    await inParallel(prepared.restored, workers * 2, async (number) => {
      signal?.throwIfAborted()
      if (prepared.fileStates.isSpoilt(number)) return
      if (await examiner.verify(number, findContent(index, files.read(number)))) return
      lose(prepared, number, 'it was read again and does not have its content')
    })
  }

  return { counts, run, finishFolders: () => folderMaker.finish(), giveUpFolders: () => folderMaker.giveUp() }
}

const FINISHED_AT_ONCE = 4096

/** Copied: the set's memory is used again. */
function placeOf(set: FileSet, list: EntryList, number: number): Place {
  return {
    folder: set.folders[list.folderOf(number)]?.path ?? Buffer.alloc(0),
    name: Buffer.from(list.read(number).name),
  }
}

function* numbersTo(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number
}

function isStorageFailure(error: unknown): error is CoreError {
  return error instanceof CoreError && error.code.startsWith('storage/')
}
