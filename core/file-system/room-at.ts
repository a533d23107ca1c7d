import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Of a disk: what may be written there, and all of it. Bytes. */
export interface DiskRoom {
  readonly bytesFree: number
  readonly bytesTotal: number
}

/** The room of the disk that a path is on. Undefined where it is not there: nothing is told of another disk. */
export async function diskRoom(path: string): Promise<DiskRoom | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(path)
    return { bytesFree: bavail * bsize, bytesTotal: blocks * bsize }
  } catch {
    return undefined
  }
}

/** The room for what is to be made at a path: of the disk of the folder above it that is there. */
export async function roomAt(path: string): Promise<DiskRoom | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const room = await diskRoom(at)
    if (room !== undefined || at === dirname(at)) return room
  }
}
