import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'

import { descriptorPath, joinPath, type EntryStat, O_PATH, type ByteString } from '../../file-system/index.ts'
import { type HeldFolder, type HoldFolder, wasReplaced } from './held-folder.ts'
import { isIdentity } from './root-identity.ts'

/**
 * One for each level of a walk, in each thread; a process may have 1024 on the smallest of systems. In deeper trees the
 * upper folders are closed, and opened again on the way back.
 */
const MOST_OPEN = 64

const FLAGS = O_PATH | constants.O_DIRECTORY

/** Holds folders open, for one thread, and reaches what is in them below their descriptors: `/proc/self/fd/N/name`. */
export function createDescriptorHolder(most = MOST_OPEN): HoldFolder {
  /** In the order of opening. */
  const open = new Set<DescriptorFolder>()

  const set: OpenSet = {
    add(folder) {
      open.add(folder)
      if (open.size <= most) return
      for (const oldest of open) {
        if (oldest === folder || !oldest.park()) continue
        open.delete(oldest)
        return
      }
    },
    remove: (folder) => void open.delete(folder),
  }

  return ({ path, readFrom, identity, descriptor }) => {
    const opened = openSync(descriptor === undefined ? Buffer.from(readFrom) : descriptorPath(descriptor), FLAGS)
    const stat = lookOrClose(opened)
    // Another thread's descriptor may be closed by now, and its number be of something else.
    if (identity && !isIdentity(stat, identity)) {
      closeSync(opened)
      throw wasReplaced(path)
    }
    return new DescriptorFolder(set, Buffer.from(path), Buffer.from(readFrom), stat, opened)
  }
}

/** Whether descriptors can be used as paths here: on Linux, with `/proc` mounted. */
export function hasDescriptorPaths(): boolean {
  if (process.platform !== 'linux') return false
  const descriptor = openSync('/', FLAGS)
  try {
    const [reached, opened] = [statSync(descriptorPath(descriptor)), fstatSync(descriptor)]
    return reached.ino === opened.ino && reached.dev === opened.dev
  } catch {
    return false
  } finally {
    closeSync(descriptor)
  }
}

/** The folders that are open. */
interface OpenSet {
  /** May park others. */
  add(folder: DescriptorFolder): void
  remove(folder: DescriptorFolder): void
}

interface Above {
  readonly folder: DescriptorFolder
  /** The name of this one in it. */
  readonly name: ByteString
}

class DescriptorFolder implements HeldFolder {
  readonly readFrom: Buffer
  readonly stat: EntryStat
  readonly #set: OpenSet
  readonly #path: Buffer
  readonly #above: Above | undefined
  /** Negative while it is parked. */
  #descriptor = -1
  #prefix = Buffer.alloc(0)
  #isShared = false

  constructor(set: OpenSet, path: Buffer, readFrom: Buffer, stat: EntryStat, descriptor: number, above?: Above) {
    this.readFrom = readFrom
    this.stat = stat
    this.#set = set
    this.#path = path
    this.#above = above
    this.#hold(descriptor)
  }

  descriptor(): number {
    if (this.#descriptor < 0) this.#openAgain()
    return this.#descriptor
  }

  place(name?: ByteString): Buffer {
    if (this.#descriptor < 0) this.#openAgain()
    return name === undefined ? this.#prefix : joinPath(this.#prefix, name)
  }

  enter(name: ByteString, path: Buffer): HeldFolder {
    const descriptor = openSync(this.place(name), FLAGS | constants.O_NOFOLLOW)
    const stat = lookOrClose(descriptor)
    const readFrom = joinPath(this.readFrom, name)
    return new DescriptorFolder(this.#set, path, readFrom, stat, descriptor, { folder: this, name })
  }

  share(): number {
    const descriptor = this.descriptor()
    this.#isShared = true
    return descriptor
  }

  close(): void {
    if (this.#descriptor < 0) return
    this.#set.remove(this)
    closeSync(this.#descriptor)
    this.#descriptor = -1
  }

  /** Closes it until it is used again. False where it must stay open: the first one above could not be found again. */
  park(): boolean {
    if (this.#isShared || !this.#above) return false
    closeSync(this.#descriptor)
    this.#descriptor = -1
    return true
  }

  #hold(descriptor: number): void {
    this.#descriptor = descriptor
    this.#prefix = Buffer.from(`${descriptorPath(descriptor)}/`)
    this.#set.add(this)
  }

  /** Name by name from the nearest one above that is open, as `place` of each opens the one above it. */
  #openAgain(): void {
    if (!this.#above) throw wasReplaced(this.#path)
    const { folder, name } = this.#above
    const descriptor = tryOpen(folder.place(name))
    if (descriptor === undefined) throw wasReplaced(this.#path)
    const { dev, ino } = lookOrClose(descriptor)
    if (dev === this.stat.dev && ino === this.stat.ino) return this.#hold(descriptor)
    closeSync(descriptor)
    throw wasReplaced(this.#path)
  }
}

function tryOpen(place: Buffer): number | undefined {
  try {
    return openSync(place, FLAGS | constants.O_NOFOLLOW)
  } catch {
    return undefined
  }
}

function lookOrClose(descriptor: number): EntryStat {
  try {
    return fstatSync(descriptor, { bigint: true })
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}
