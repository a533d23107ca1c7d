import { CoreError } from '../base/index.ts'

/**
 * What the workers know together of the files of a set, in shared memory: how many blobs of a file are still to be
 * written, so that whoever writes the last one finishes it, and whether it was made, so that only one makes it.
 */
export interface FileStates {
  readonly shared: SharedArrayBuffer
  /** Before the set begins. A file that is `there` is not made. */
  set(file: number, blobs: number, there: boolean): void
  /** Says that a blob was written. True for the last one of a file that is not spoilt. */
  written(file: number): boolean
  /** The file cannot become what it was, and nobody will finish it. False where that was said before. */
  spoil(file: number): boolean
  isSpoilt(file: number): boolean
  /** Has `make` called by one thread alone; the others wait until it has, and fail where it did. */
  makeOnce(file: number, make: () => number): number | undefined
  /** Whether the file was made and is not finished. */
  isUnfinished(file: number): boolean
  /** Whether the file is made by this restore, so that what is not written of it reads as zeros. */
  isMadeHere(file: number): boolean
}

const WORDS = 2
const madeAt = (file: number): number => file * WORDS + 1
const NOT_MADE = 0
const MAKING = 1
const MADE = 2
const THERE = 3
const FAILED = 4
/** Far from zero, however many blobs are still counted down. */
const SPOILT = -(2 ** 30)

export function createFileStates(files: number): FileStates {
  return fileStatesOver(new SharedArrayBuffer(Math.max(1, files) * WORDS * Int32Array.BYTES_PER_ELEMENT))
}

export function fileStatesOver(shared: SharedArrayBuffer): FileStates {
  const words = new Int32Array(shared)
  return {
    shared,
    set(file, blobs, there) {
      words[file * WORDS] = blobs
      words[madeAt(file)] = there ? THERE : NOT_MADE
    },
    written: (file) => Atomics.sub(words, file * WORDS, 1) === 1,
    spoil: (file) => Atomics.exchange(words, file * WORDS, SPOILT) >= 0,
    isSpoilt: (file) => Atomics.load(words, file * WORDS) < 0,
    isUnfinished: (file) => words[madeAt(file)] === MADE && words[file * WORDS] !== 0,
    isMadeHere: (file) => words[madeAt(file)] !== THERE,
    makeOnce(file, make) {
      const at = madeAt(file)
      if (Atomics.compareExchange(words, at, NOT_MADE, MAKING) !== NOT_MADE) {
        Atomics.wait(words, at, MAKING)
        // What has its name is somebody else's.
        if (Atomics.load(words, at) === FAILED) throw new CoreError('target/refused', 'it could not be made')
        return undefined
      }
      let became = FAILED
      try {
        const made = make()
        became = MADE
        return made
      } finally {
        Atomics.store(words, at, became)
        Atomics.notify(words, at)
      }
    },
  }
}
