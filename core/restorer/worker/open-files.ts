import { closeSync } from 'node:fs'

import { type DirectFile, openDirect } from '../../target/index.ts'

/** A file that is open for writing. */
export interface OpenFile {
  readonly descriptor: number
  /** Pieces of it that are being written: it is not closed before. */
  pending: number
  /** For writing past the page cache. Undefined where its file system is not known to hold that. */
  direct(): DirectFile | undefined
}

/** Files that stay open between their blobs, by number. */
export interface OpenFiles {
  find(file: number): OpenFile | undefined
  /** Closes what was opened first, where there are too many. */
  add(file: number, descriptor: number): OpenFile
  /** Throws where the file system says only now that bytes found no room, or did not arrive. */
  close(file: number): void
  /** Nothing may be being written. */
  closeAll(): void
}

const MOST_OPEN = 48

/** `onLost` is told of a file that was closed in between, and of which the file system said so. */
export function createOpenFiles(onLost: (file: number, error: unknown) => void): OpenFiles {
  const open = new Map<number, { readonly file: OpenFile; readonly close: () => void }>()

  function close(number: number): void {
    const found = open.get(number)
    open.delete(number)
    found?.close()
  }

  function closeInBetween(number: number): void {
    try {
      close(number)
    } catch (error) {
      onLost(number, error)
    }
  }

  return {
    find: (number) => open.get(number)?.file,
    add(number, descriptor) {
      let direct: DirectFile | undefined
      const file: OpenFile = { descriptor, pending: 0, direct: () => (direct ??= openDirect(descriptor)) }
      const closeBoth = (): void => {
        try {
          direct?.close()
        } finally {
          closeSync(descriptor)
        }
      }
      open.set(number, { file, close: closeBoth })
      for (const [oldest, { file: each }] of open) {
        if (open.size <= MOST_OPEN) break
        if (each !== file && each.pending === 0) closeInBetween(oldest)
      }
      return file
    },
    close,
    closeAll() {
      for (const number of open.keys()) closeInBetween(number)
    },
  }
}
