import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  statfsSync,
} from 'node:fs'

import { systemCode } from '../base/index.ts'
import { descriptorPath, O_PATH } from '../file-system/index.ts'

/** What a file system has left for an ordinary user. */
export interface Room {
  readonly device: bigint
  readonly freeBytes: number
  /** How many more entries it can hold. Infinite where its bytes are the only limit. */
  readonly freeEntries: number
  /** Every file takes a multiple of it. 1 where that is not known, as where files are compressed. Bytes. */
  readonly unit: number
  readonly isReadOnly: boolean
}

/** Linux, include/uapi/linux/magic.h: ext4, XFS and tmpfs, which give a file whole blocks. */
const IN_BLOCKS = new Set([0xef_53n, 0x58_46_53_42n, 0x01_02_19_94n])

/** Of the file system of an open folder. */
export function roomOf(descriptor: number): Room {
  const { bavail, bsize, files, ffree, type } = statfsSync(descriptorPath(descriptor), { bigint: true })
  return {
    device: fstatSync(descriptor, { bigint: true }).dev,
    freeBytes: Number(bavail * bsize),
    freeEntries: files === 0n ? Number.POSITIVE_INFINITY : Number(ffree),
    unit: IN_BLOCKS.has(type) ? Number(bsize) : 1,
    isReadOnly: isReadOnly(descriptor),
  }
}

/** What else forbids writing may be different for what lies in the folder. */
function isReadOnly(descriptor: number): boolean {
  try {
    accessSync(descriptorPath(descriptor), constants.W_OK)
    return false
  } catch (error) {
    return systemCode(error) === 'EROFS'
  }
}

/** Of the file system that a folder will lie on that is not there yet. */
export function roomAbove(path: Buffer): Room {
  for (let end = path.length; end > 0; end = path.lastIndexOf(SLASH, end - 1)) {
    const above = path.subarray(0, end)
    if (!existsSync(above)) continue
    const descriptor = openSync(above, O_PATH)
    try {
      return roomOf(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
  return roomAbove(Buffer.from('/'))
}

const SLASH = 0x2f

/** Whether other file systems are mounted below an open folder. */
export function hasMountsBelow(descriptor: number): boolean {
  try {
    const above = readlinkSync(descriptorPath(descriptor), { encoding: 'latin1' }).replace(/\/?$/, '/')
    // proc_pid_mountinfo(5): the fifth is where it is mounted, with odd bytes in octal.
    return readFileSync('/proc/self/mountinfo', 'latin1')
      .split('\n')
      .map((line) => (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) => byteOf(octal)))
      .some((mounted) => mounted.length > above.length && mounted.startsWith(above))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return false
  }
}

function byteOf(octal: string): string {
  return String.fromCodePoint(Number.parseInt(octal, 8))
}
