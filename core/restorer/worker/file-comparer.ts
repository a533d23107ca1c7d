import { closeSync, fstatSync, ftruncateSync, readSync } from 'node:fs'

import { type BlobIndex, ID_BYTES, sha256 } from '../../repository/index.ts'
import type { TreeReader } from '../../snapshot/index.ts'
import { type MetadataWriter, openForComparing, openForWriting } from '../../target/index.ts'
import { contentLength, plainLength } from '../content.ts'
import type { Compared, CompareJob } from '../messages.ts'
import { metadataOf } from '../node-metadata.ts'

/** Compares files that are there with what they should be, so that only what differs is fetched and written. */
export interface FileComparer {
  /** `node` is that of the file. Undefined where nothing, or no file, is there. */
  compare(folder: number, node: TreeReader, job: Pick<CompareJob, 'entries' | 'purpose'>): Compared | undefined
}

export interface FileComparerParts {
  /** Gives memory for a blob. */
  readonly room: (bytes: number) => Buffer
  /** Comparing ends early then, with what it has. */
  readonly isStopped: () => boolean
  /** Hears of bytes that were read to verify them. */
  readonly onVerified: (bytes: number) => void
}

export function createFileComparer(
  index: BlobIndex,
  metadata: MetadataWriter,
  { room, isStopped, onVerified }: FileComparerParts,
): FileComparer {
  const id = Buffer.alloc(ID_BYTES)

  function compareBlobs(descriptor: number, entries: Uint32Array, onCompared: (bytes: number) => void): Uint8Array {
    const right = new Uint8Array(entries.length)
    let position = 0
    for (const [blob, entry] of entries.entries()) {
      if (isStopped()) break
      const length = plainLength(index, entry)
      const there = room(length).subarray(0, length)
      const isThere = readFully(descriptor, there, position) === length
      if (isThere && sha256(there).equals(index.idOf(entry, id))) right[blob] = 1
      position += length
      onCompared(length)
    }
    return right
  }

  return {
    compare(folder, node, { entries, purpose }) {
      const { name } = node
      const writable = openForWriting(folder, name)
      const descriptor = writable ?? openForComparing(folder, name)
      if (descriptor === undefined) return undefined
      const size = contentLength(index, entries)
      try {
        const blobs = compareBlobs(descriptor, entries, purpose === 'verify' ? onVerified : ignore)
        const isRightLength = fstatSync(descriptor).size === size
        const isRight = isRightLength && blobs.every((each) => each === 1)
        const isWhole = isRight && (purpose === 'verify' || metadata.isWritten(descriptor, metadataOf(node)))
        const isWritable = writable !== undefined && isTrusted(fstatSync(descriptor).uid, node.uid)
        if (!isRightLength && isWritable && purpose === 'mend') ftruncateSync(descriptor, size)
        return { blobs, isWhole, isWritable }
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

function ignore(): void {}

function readFully(descriptor: number, target: Buffer, position: number): number {
  let done = 0
  while (done < target.length) {
    const count = readSync(descriptor, target, done, target.length - done, position + done)
    if (count === 0) break
    done += count
  }
  return done
}

/** Somebody else's file is made anew, not mended: whoever made it may have it open, and would go on reading and writing. */
function isTrusted(owner: number, wanted: number): boolean {
  return owner === wanted || owner === process.geteuid?.()
}
