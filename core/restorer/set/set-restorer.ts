import { isCode, reasonOf } from '../../base/index.ts'
import { openSystemCalls, printable } from '../../file-system/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import type { TargetTree } from '../../target/index.ts'
import { findContent } from '../content.ts'
import type { FileSet } from '../file-set.ts'
import type { Problem } from '../messages.ts'
import type { RestoreCrew } from '../restore-crew.ts'
import type { RestoreOptions } from '../restore.ts'
import { createExaminer } from './examiner.ts'
import { createFileDecider } from './file-decider.ts'
import { createFolderMaker } from './folder-maker.ts'
import { createHardLinks } from './hard-links.ts'
import { inParallel } from './in-parallel.ts'
import { createOtherMaker } from './other-maker.ts'
import { createOutcome, type OutcomeCounts } from './outcome.ts'
import { createPackReader } from './pack-reader.ts'
import { pathOf } from './place.ts'
import { beginWork, numbersTo, placeOf, type SetWork } from './set-work.ts'

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
  readonly counts: Readonly<OutcomeCounts>
  run(set: FileSet): Promise<void>
  /** Gives folders their metadata, when all sets are restored. */
  finishFolders(): void
  /** Gives back the folders that were taken over, where it ends early. Harmless after `finishFolders`. */
  giveUpFolders(): void
}

const FINISHED_AT_ONCE = 4096

export function createSetRestorer(parts: SetRestorerParts): SetRestorer {
  const { repository, index, target, crew, workers, options } = parts
  const { overwrite, signal } = options
  const calls = openSystemCalls()
  const outcome = createOutcome(parts.report)
  const { counts } = outcome
  const folderMaker = createFolderMaker(target, calls, overwrite, parts.report)
  const others = createOtherMaker(target, calls, overwrite, {
    ofName: (problem) => outcome.report(problem),
    ofOther: parts.report,
  })
  const examiner = createExaminer(target, crew, overwrite)
  const hardLinks = createHardLinks()
  const decider = createFileDecider({ index, examiner, hardLinks, outcome, verify: options.verify })
  const packs = createPackReader({ repository, index, crew, workers, outcome, signal })

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

  async function finishFiles({ finishOnly }: SetWork): Promise<void> {
    for (let at = 0; at < finishOnly.length; at += FINISHED_AT_ONCE) {
      signal?.throwIfAborted()
      const files = Uint32Array.from(finishOnly.slice(at, at + FINISHED_AT_ONCE))
      for (const problem of await crew.run('finish', { files })) outcome.report(problem)
    }
  }

  async function verify(work: SetWork): Promise<void> {
    const { set, restored, fileStates } = work
    await inParallel(restored, workers * 2, async (number) => {
      signal?.throwIfAborted()
      if (fileStates.isSpoilt(number)) return
      if (await examiner.verify(number, findContent(index, set.files.read(number)))) return
      counts.finishedLost++
      outcome.lose(work, number, 'it was read again and does not have its content')
    })
  }

  function makeOthers({ set, folderStates, firsts, furtherNames, fileStates }: SetWork): void {
    for (const number of numbersTo(set.others.count)) {
      if (folderStates[set.others.folderOf(number)] === 'refused') continue
      others.make(placeOf(set, set.others, number), set.others.read(number))
    }
    for (const [number, first] of firsts) first.isLost ||= fileStates.isSpoilt(number)
    for (const { first, place, modified } of furtherNames) {
      if (first.isLost) {
        const reason = `it is the same file as ${printable(pathOf(first.place))}`
        outcome.report({ part: 'file', path: pathOf(place), reason })
        continue
      }
      const became = others.link(first.place, place, modified)
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
      const work = beginWork(
        index,
        set,
        folders.map((folder) => folderMaker.make(folder)),
      )
      crew.tell({ folders: folders.map(({ path }) => path), files: files.shared, states: work.fileStates.shared })
      await decideAll(work)
      await packs.readAll(work)
      await finishFiles(work)
      // Before files get their further names: one that has several is not opened for writing, as a comparison is.
      await verify(work)
      makeOthers(work)
    },
    finishFolders: () => folderMaker.finish(),
    giveUpFolders: () => folderMaker.giveUp(),
  }
}
