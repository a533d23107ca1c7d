import { CoreError } from '../base/index.ts'
import { type BlobIndex, ID_BYTES } from '../repository/index.ts'
import { kindOf, removeEntry, statTarget, type TargetTree } from '../source/index.ts'
import type { FileItem } from './file-set.ts'
import { isKept, type Overwrite } from './overwrite.ts'
import { blobLengths } from './pack-plan.ts'
import type { RestoreCrew } from './restore-crew.ts'

/** What is to be done for a file. */
export type Verdict =
  /** Nothing: it stays as it is. */
  | { readonly type: 'keep' }
  /** It is not there, or was in the way and is removed. */
  | { readonly type: 'make' }
  /** It is there; blobs marked 1 are right already. */
  | { readonly type: 'mend'; readonly right: Uint8Array }

/** Looks at files that are there already. */
export interface Examiner {
  examine(folder: Buffer, file: FileItem): Promise<Verdict>
  /** FS-22 and `--verify`: whether a restored file has the content that it should have. */
  verify(folder: Buffer, file: FileItem): Promise<boolean>
}

export function createExaminer(
  target: TargetTree,
  index: BlobIndex,
  crew: RestoreCrew,
  overwrite: Overwrite,
): Examiner {
  async function compare(
    folder: Buffer,
    { name, content, size }: FileItem,
    resize: boolean,
  ): Promise<Uint8Array | undefined> {
    const lengths = blobLengths(content, index)
    if (!lengths) throw missingBlob()
    const { same } = await crew.run({ type: 'compare', folder, name, content, lengths, size, resize })
    return same
  }

  return {
    async examine(folder, file) {
      const descriptor = target.folder(folder)
      const there = statTarget(descriptor, file.name)
      if (!there) return { type: 'make' }
      if (isKept(there, BigInt(file.size), file.modified, overwrite)) return { type: 'keep' }
      if (kindOf(there) === 'file' && there.nlink === 1n) {
        const right = await compare(folder, file, true)
        if (right) return { type: 'mend', right }
      }
      removeEntry(descriptor, file.name)
      return { type: 'make' }
    },
    async verify(folder, file) {
      const right = await compare(folder, file, false)
      return right?.length === file.content.length / ID_BYTES && right.every((each) => each === 1)
    },
  }
}

function missingBlob(): CoreError {
  return new CoreError('repository/not-in-repository', 'a part of its content is in no index of the repository')
}
