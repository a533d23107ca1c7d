import { closeSync, constants, openSync, readSync } from 'node:fs'

import { systemCode } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'
import { createAlignedMemory } from './aligned-memory.ts'
import { DIRECT_BLOCK } from './direct-file.ts'

/** Reads what was written from where it lies, past what the kernel remembers of it. Whoever wrote it has flushed it. */
export interface MediumReader {
  /** Whether all was read past the page cache so far: not every file system can do that. */
  readonly isPastCache: boolean
  /** Fewer bytes where it ends. They stay until the next are read. `position` lies at a direct block's beginning. */
  read(length: number, position: number): Buffer
  /** The file itself stays open. */
  close(): void
}

/** Opens a file or device that is open for reading once more. */
export function openMediumReader(descriptor: number, longest: number): MediumReader {
  const memory = createAlignedMemory(longest + DIRECT_BLOCK, DIRECT_BLOCK).take(longest, 0) ?? Buffer.alloc(longest)
  let direct = openDirectly(descriptor)
  let isPastCache = true

  function close(): void {
    if (direct !== undefined) closeSync(direct)
    direct = undefined
  }

  /** Undefined where the kernel does not want it this way. */
  function readDirectly(length: number, position: number): Buffer | undefined {
    if (direct === undefined) return undefined
    const wanted = Math.min(memory.length, Math.ceil(length / DIRECT_BLOCK) * DIRECT_BLOCK)
    try {
      for (let at = 0; at < wanted;) {
        const count = readSync(direct, memory, at, wanted - at, position + at)
        at += count
        // Its end, which need not lie at that of a block.
        if (at >= length || count === 0 || at % DIRECT_BLOCK !== 0) return memory.subarray(0, Math.min(length, at))
      }
      return memory.subarray(0, length)
    } catch (error) {
      if (systemCode(error) !== 'EINVAL') throw error
      close()
      return undefined
    }
  }

  return {
    get isPastCache() {
      return isPastCache
    },
    read(length, position) {
      const bytes = readDirectly(length, position)
      if (bytes) return bytes
      isPastCache = false
      let at = 0
      while (at < length) {
        const count = readSync(descriptor, memory, at, length - at, position + at)
        if (count === 0) break
        at += count
      }
      return memory.subarray(0, at)
    },
    close,
  }
}

function openDirectly(descriptor: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return openSync(descriptorPath(descriptor), constants.O_RDONLY | constants.O_DIRECT)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}
