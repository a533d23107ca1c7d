/** What a prune notes of each entry of the index, one byte of shared memory each. */
export const MARK = {
  /** Some snapshot needs the blob. Set at the entry that a search finds. */
  used: 1,
  /** This copy of the blob is the one that stays. */
  kept: 2,
  /** This copy was read and is damaged, or cannot be read. It never counts as one. */
  unreadable: 4,
  /** This copy is to be read next: see `DueCopies`. */
  due: 8,
  /** It was to be read, and cannot be. Whether there is another one was not looked at yet. */
  failed: 16,
} as const
