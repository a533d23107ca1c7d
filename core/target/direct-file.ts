import { closeSync, constants, openSync, statfsSync, write } from 'node:fs'
import { promisify } from 'node:util'

import { systemCode } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'

/**
 * A file that is written past the page cache. Copying into the cache costs as much processor time as decrypting, it drives
 * out what other programs have there, and a virtual machine may first have to get the memory from its host.
 */
export interface DirectFile {
  /**
   * Writes bytes that lie in aligned memory, as far behind a block's beginning as `position` is. Blocks that are shared
   * with what lies before or behind go through the cache. The bytes must stay as they are until it is done.
   */
  write(bytes: Buffer, position: number): Promise<void>
  /** Not before everything is written. The file itself stays open. */
  close(): void
}

/**
 * Blocks of direct writing. Never less than a page of the kernel, as two ways of writing the same page at a time would
 * undo each other's work.
 */
export const DIRECT_BLOCK = process.arch === 'x64' ? 4096 : 64 * 1024

/** Linux, include/uapi/linux/magic.h: ext4 and XFS, which keep both ways of writing coherent where they share no page. */
const KNOWN_FILE_SYSTEMS = new Set([0xef_53, 0x58_46_53_42])

const writeLater = promisify(write)

/** Opens a file that is open for writing once more. Undefined where its file system is not known to hold it. */
export function openDirect(descriptor: number): DirectFile | undefined {
  const path = descriptorPath(descriptor)
  let direct: number
  try {
    if (process.platform !== 'linux' || !KNOWN_FILE_SYSTEMS.has(statfsSync(path).type)) return undefined
    direct = openSync(path, constants.O_WRONLY | constants.O_DIRECT)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
  return {
    async write(bytes, position) {
      const head = Math.min(bytes.length, (DIRECT_BLOCK - (position % DIRECT_BLOCK)) % DIRECT_BLOCK)
      const length = Math.floor((bytes.length - head) / DIRECT_BLOCK) * DIRECT_BLOCK
      const through = (from: number, to: number): Promise<void> =>
        writeThrough(descriptor, bytes.subarray(from, to), position + from)
      const written = await writeDirectly(direct, bytes.subarray(head, head + length), position + head)
      // What the kernel did not take this way. A full disk says so to whoever asks it next.
      await through(head + written, head + length)
      await through(0, head)
      await through(head + length, bytes.length)
    },
    close: () => closeSync(direct),
  }
}

/** Resolves to how many bytes it were; none where the kernel does not want them this way. */
async function writeDirectly(direct: number, bytes: Buffer, position: number): Promise<number> {
  if (bytes.length === 0) return 0
  try {
    return (await writeLater(direct, bytes, 0, bytes.length, position)).bytesWritten
  } catch (error) {
    if (systemCode(error) === 'EINVAL') return 0
    throw error
  }
}

/** All of it, through the page cache. */
async function writeThrough(descriptor: number, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;)
    at += (await writeLater(descriptor, bytes, at, bytes.length - at, position + at)).bytesWritten
}
