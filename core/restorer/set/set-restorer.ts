import { createTurns, inParallel, isCode, reasonOf } from '../../base/index.ts'
import { openSystemCalls, printable } from '../../file-system/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import { partName, removeEntry, spoilTimes, type TargetTree } from '../../target/index.ts'
import { findContent } from '../content.ts'
import type { FileSet } from '../file-set.ts'
import type { Problem } from '../messages.ts'
import { namingOf } from '../overwrite.ts'
import type { RestoreCrew } from '../restore-crew.ts'
import type { RestoreOptions } from '../restore-options.ts'
import { createExaminer } from './examiner.ts'
import { createFileDecider } from './file-decider.ts'
import { createFolderMaker, type FolderState } from './folder-maker.ts'
import { createHardLinks } from './hard-links.ts'
import { createOtherMaker } from './other-maker.ts'
import { createOutcome, type OutcomeCounts } from './outcome.ts'
import { createPackReader } from './pack-reader.ts'
import { pathOf, type Place } from './place.ts'
import { beginWork, numbersTo, placeOf, type SetWork } from './set-work.ts'

export interface SetRestorerParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly target: TargetTree
  readonly crew: RestoreCrew
  /** See `partName`. */
  readonly partMark: string
  readonly workers: number
  readonly options: RestoreOptions
  readonly report: (problem: Problem) => void
}

/** Restores one set of files after the other. */
export interface SetRestorer {
  readonly counts: Readonly<OutcomeCounts>
  run(set: FileSet): Promise<void>
  /** Of a file of which it is known only later. */
  report(problem: Problem): void
  /** Gives folders their metadata, when all sets are restored. */
  finishFolders(): void
  /**
   * To be called last, when nobody writes any more: removes parts of files that do not have their name, and gives back the
   * folders that were taken over, where it ended early. Harmless after `finishFolders`.
   */
  giveUp(): void
}

const FINISHED_AT_ONCE = 1024

export function createSetRestorer(parts: SetRestorerParts): SetRestorer {
  const { repository, index, target, crew, partMark, workers, options } = parts
  const { overwrite, signal } = options
  const calls = openSystemCalls()
  const outcome = createOutcome(parts.report, doubt)
  const { counts } = outcome
  const folderMaker = createFolderMaker(target, calls, { overwrite, partMark }, parts.report)
  const others = createOtherMaker(target, calls, overwrite, {
    ofName: (problem) => outcome.report(problem),
    ofOther: parts.report,
  })
  const examiner = createExaminer(target, crew, overwrite)
  const hardLinks = createHardLinks()
  const decider = createFileDecider({ index, examiner, hardLinks, outcome, verify: options.verify })
  const packs = createPackReader({ repository, index, crew, workers, outcome, signal })

  const turns = createTurns()

  /** Lets signals be heard now and then, in work that waits for nothing. */
  async function breathe(): Promise<void> {
    const turn = turns()
    if (turn) await turn
    signal?.throwIfAborted()
  }

  /** The set that is being restored. */
  let current: SetWork | undefined

  async function decideAll(work: SetWork): Promise<void> {
    const { set } = work
    await inParallel(numbersTo(set.files.count), workers * 2, async (number) => {
      signal?.throwIfAborted()
      try {
        await decider.decide(work, number)
      } catch (error) {
        signal?.throwIfAborted()
        if (isCode(error, 'internal/defect') || isCode(error, 'target/full')) throw error
        outcome.report({ part: 'file', path: pathOf(placeOf(set, set.files, number)), reason: reasonOf(error) })
      }
    })
  }

  /** What is lost, and is there all the same, must not have the time of a good file. */
  function doubt({ set }: SetWork, number: number): void {
    if (namingOf(overwrite) !== 'in-place') return
    const { folder, name } = placeOf(set, set.files, number)
    attempt(() => spoilTimes(target.folder(folder), name, set.files.read(number).mtime))
  }

  function discard({ folder, name }: Place): void {
    attempt(() => removeEntry(target.folder(folder), name))
  }

  /** Of files that were lost, or not finished. What is in a folder that is gone is gone. */
  function discardParts({ set, fileStates }: SetWork): void {
    if (namingOf(overwrite) === 'in-place') return
    for (const number of numbersTo(set.files.count)) {
      if (!fileStates.isUnfinished(number)) continue
      const { folder, name } = placeOf(set, set.files, number)
      discard({ folder, name: partName(name, partMark) })
    }
  }

  async function finishFiles({ finishOnly }: SetWork): Promise<void> {
    const starts = Array.from(
      { length: Math.ceil(finishOnly.length / FINISHED_AT_ONCE) },
      (_, at) => at * FINISHED_AT_ONCE,
    )
    await inParallel(starts, workers * 2, async (at) => {
      signal?.throwIfAborted()
      const files = Uint32Array.from(finishOnly.slice(at, at + FINISHED_AT_ONCE))
      for (const problem of await crew.run('finish', { files })) outcome.report(problem)
    })
  }

  async function verify(work: SetWork): Promise<void> {
    const { set, restored, fileStates } = work
    await inParallel(restored, workers * 2, async (number) => {
      signal?.throwIfAborted()
      if (fileStates.isSpoilt(number)) return
      const wrong = await examiner.verify(number, findContent(index, set.files.read(number)))
      if (wrong === undefined) return
      counts.finishedLost++
      // Where only whole files have their names, it must not keep it.
      if (namingOf(overwrite) !== 'in-place') discard(placeOf(set, set.files, number))
      outcome.lose(work, number, wrong)
    })
  }

  async function makeOthers({ set, folderStates, firsts, furtherNames, fileStates }: SetWork): Promise<void> {
    for (const number of numbersTo(set.others.count)) {
      await breathe()
      if (folderStates[set.others.folderOf(number)] === 'refused') {
        counts.unnamedLost++
        continue
      }
      others.make(placeOf(set, set.others, number), set.others.read(number))
    }
    for (const [number, first] of firsts) {
      first.isLost ||= fileStates.isSpoilt(number)
      // What cannot be looked at gets no further names.
      if (!first.isLost) attempt(() => (first.made = others.look(first.place)))
    }
    for (const { first, place, modified } of furtherNames) {
      await breathe()
      if (first.isLost) {
        const reason = `it is the same file as ${printable(pathOf(first.place))}`
        outcome.report({ part: 'file', path: pathOf(place), reason })
        continue
      }
      const became = others.link(first, place, modified)
      if (became === 'linked') counts.filesLinked++
      else if (became === 'kept') counts.filesSkipped++
    }
  }

  return {
    counts,
    async run(set) {
      signal?.throwIfAborted()
      const { folders, files } = set
      folderMaker.goOn(folders[0]?.path ?? Buffer.alloc(0))
      const folderStates: FolderState[] = []
      for (const folder of folders) {
        await breathe()
        folderStates.push(folderMaker.make(folder))
      }
      const work = beginWork(index, set, folderStates)
      current = work
      crew.tell({ folders: folders.map(({ path }) => path), files: files.shared, states: work.fileStates.shared })
      await decideAll(work)
      await packs.readAll(work)
      await finishFiles(work)
      discardParts(work)
      // Before files get their further names: one that has several is not opened for writing, as a comparison is.
      await verify(work)
      await makeOthers(work)
      current = undefined
    },
    report: (problem) => outcome.report(problem),
    finishFolders: () => folderMaker.finish(),
    giveUp() {
      if (current) discardParts(current)
      folderMaker.giveUp()
    },
  }
}

/** What lies in a folder that is gone is gone, and what has no time has none that it should not have. */
function attempt(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    if (!isCode(error, 'target/refused') && !isCode(error, 'repository/damaged')) throw error
  }
}
