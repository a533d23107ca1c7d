import type { Place } from './place.ts'

/** The name under which a file with several names is restored; the others are linked to it. */
export interface FirstName {
  readonly place: Place
  /** What it was cannot be restored. */
  isLost: boolean
  /** What has this name since it is whole, so that nothing else is linked to. */
  made?: MadeFile | undefined
}

/** A file as it is in the target. Nanoseconds. */
export interface MadeFile {
  readonly device: bigint
  readonly inode: bigint
  readonly changed: bigint
}

/** A further name of a file. */
export interface FurtherName {
  readonly first: FirstName
  readonly place: Place
  readonly modified: bigint
}

/** Which name of each file that has several is restored, and which are linked to it. */
export interface HardLinks {
  /**
   * Resolves to the first name of this file, once it is known that others may be linked to it. Where that is this one,
   * `restore` has been run: it resolves to whether something else stays in the file's place, because the user wants that.
   * Then the next name of the file becomes the first.
   */
  claim(
    file: string,
    place: Place,
    restore: () => Promise<boolean>,
  ): Promise<{ readonly first: FirstName; readonly isOwn: boolean }>
}

interface Claimed extends FirstName {
  isForeign: boolean
  /** Until it is known what becomes of it. */
  pending?: Promise<void> | undefined
}

export function createHardLinks(): HardLinks {
  const firstNames = new Map<string, Claimed>()
  return {
    async claim(file, place, restore) {
      let first = firstNames.get(file)
      while (first?.pending) {
        await first.pending
        first = firstNames.get(file)
      }
      if (first && !first.isForeign) return { first, isOwn: false }

      const own: Claimed = { place, isLost: false, isForeign: false }
      firstNames.set(file, own)
      const restored = restore()
      own.pending = restored
        .then(
          (isForeign) => void (own.isForeign = isForeign),
          () => void (own.isLost = true),
        )
        .finally(() => void (own.pending = undefined))
      await restored
      return { first: own, isOwn: true }
    },
  }
}
