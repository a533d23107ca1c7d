import type { BlobIndex } from '../../repository/index.ts'
import { linkedFileKey } from '../../snapshot/index.ts'
import { contentLength, findContent, plainLength } from '../content.ts'
import { metadataOf } from '../node-metadata.ts'
import type { Examiner, Verdict } from './examiner.ts'
import type { HardLinks } from './hard-links.ts'
import type { Outcome } from './outcome.ts'
import { pathOf } from './place.ts'
import { placeOf, type SetWork } from './set-work.ts'

/** Finds out what is to be done for each file of a set, before its first byte is written. */
export interface FileDecider {
  /** Rejects where the file cannot be restored. */
  decide(work: SetWork, number: number): Promise<void>
}

export interface FileDeciderParts {
  readonly index: BlobIndex
  readonly examiner: Examiner
  readonly hardLinks: HardLinks
  readonly outcome: Outcome
  /** Restored files are to be read again. */
  readonly verify: boolean
}

export function createFileDecider({ index, examiner, hardLinks, outcome, verify }: FileDeciderParts): FileDecider {
  const { counts } = outcome

  /** Resolves to whether it stays as it is, and is not right. */
  async function decideContent(work: SetWork, number: number): Promise<boolean> {
    const { set, folderStates, plan, fileStates, finishOnly, restored } = work
    const { files } = set
    // All that is needed of the node is read before anything is awaited: others are read meanwhile.
    const node = files.read(number)
    const entries = findContent(index, node)
    const size = BigInt(contentLength(index, entries))
    if (node.size !== size) {
      const reason = `its content has ${size} bytes and is restored as it was read; the snapshot says ${node.size}`
      outcome.report({ part: 'size', path: pathOf(placeOf(set, files, number)), reason })
    }
    let verdict: Verdict = { type: 'make' }
    if (folderStates[files.folderOf(number)] === 'there') {
      const { modified } = metadataOf(node)
      verdict = await examiner.examine(placeOf(set, files, number), number, { size, modified }, entries)
      if (verdict.type === 'keep') {
        counts.filesSkipped++
        counts.bytesRight += Number(size)
        counts.bytesKept += Number(size)
        return !verdict.isRight
      }
    }
    const right = verdict.type === 'mend' ? verdict.right : undefined
    const wanted = plan.add(number, entries, (blob) => right?.[blob] === 1)
    for (const [blob, entry] of entries.entries())
      if (right?.[blob] === 1) counts.bytesRight += plainLength(index, entry)
    fileStates.set(number, wanted, right !== undefined)
    if (wanted === 0) finishOnly.push(number)
    if (verify) restored.push(number)
    return false
  }

  return {
    async decide(work, number) {
      const { set, folderStates, furtherNames, firsts } = work
      const { files } = set
      if (folderStates[files.folderOf(number)] === 'refused') {
        counts.filesLost++
        counts.unnamedLost++
        return
      }
      const key = linkedFileKey(files.read(number))
      if (key === undefined) {
        await decideContent(work, number)
        return
      }
      const place = placeOf(set, files, number)
      const { first, isOwn } = await hardLinks.claim(key, place, () => decideContent(work, number))
      if (isOwn) firsts.set(number, first)
      else furtherNames.push({ first, place, modified: files.read(number).mtime })
    },
  }
}
