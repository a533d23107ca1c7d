import { kindOf } from '../../file-system/index.ts'
import { removeEntry, statTarget, type TargetTree } from '../../target/index.ts'
import { isKept, namingOf, type Overwrite, type Wanted } from '../overwrite.ts'
import type { RestoreCrew } from '../restore-crew.ts'
import type { Place } from './place.ts'

/** What is to be done for a file. */
export type Verdict =
  /** Nothing: it stays as it is. `isRight`: it has its content, not only what the user wants to keep in its place. */
  | { readonly type: 'keep'; readonly isRight: boolean }
  /** It is not there, or was in the way and is removed. */
  | { readonly type: 'make' }
  /** It is there; blobs marked 1 are right already. */
  | { readonly type: 'mend'; readonly right: Uint8Array }

/** Looks at files that are there already. */
export interface Examiner {
  /** `entries` are its blobs in the index. */
  examine(place: Place, file: number, wanted: Wanted, entries: Uint32Array): Promise<Verdict>
  /** What is wrong with a restored file; undefined where it has the content that it should have. */
  verify(file: number, entries: Uint32Array): Promise<string | undefined>
}

export function createExaminer(target: TargetTree, crew: RestoreCrew, overwrite: Overwrite): Examiner {
  return {
    async examine({ folder, name }, file, wanted, entries) {
      const there = statTarget(target.folder(folder), name)
      if (!there) return { type: 'make' }
      if (isKept(there, wanted, overwrite)) return { type: 'keep', isRight: isKept(there, wanted, 'if-changed') }
      // A whole one will take its place at once.
      if (namingOf(overwrite) === 'replace' && kindOf(there) !== 'dir') return { type: 'make' }
      if (kindOf(there) === 'file') {
        const compared = await crew.run('compare', { file, entries, purpose: 'mend' })
        if (compared?.isWhole) return { type: 'keep', isRight: true }
        if (compared?.isWritable) return { type: 'mend', right: compared.blobs }
      }
      removeEntry(target.folder(folder), name)
      return { type: 'make' }
    },
    async verify(file, entries) {
      const compared = await crew.run('compare', { file, entries, purpose: 'verify' })
      if (compared?.isWhole) return undefined
      const { unreadable } = compared ?? {}
      return unreadable === undefined
        ? 'it was read again and does not have its content'
        : `it could not be read again: ${unreadable}`
    },
  }
}
