import { fstatSync } from 'node:fs'

/** Finds out whether a file system cuts times: silently, to what it has room for. */
export interface CutTimes {
  /** Whether the modification time that was just given to what is open is another one. Asks only where it may be. */
  isCut(descriptor: number, device: number, modified: bigint): boolean
}

/** Every file system holds the seconds of these years: 1970 to 2038. */
const LAST_SECOND = 2n ** 31n
const SECOND = 1_000_000_000n

export function createCutTimes(): CutTimes {
  /** File systems that were seen to keep a nanosecond, and so keep all of them. */
  const precise = new Set<number>()
  return {
    isCut(descriptor, device, modified) {
      const isUsual = modified >= 0n && modified < LAST_SECOND * SECOND
      if (isUsual && (modified % (2n * SECOND) === 0n || precise.has(device))) return false
      const isKept = fstatSync(descriptor, { bigint: true }).mtimeNs === modified
      // The coarser ones keep tens of nanoseconds, hundreds (NTFS, SMB), hundredths of a second (exFAT) or two (FAT).
      if (isKept && modified % 10n !== 0n) precise.add(device)
      return !isKept
    },
  }
}
