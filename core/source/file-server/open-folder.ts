import { constants as osConstants } from 'node:os'

import { isCode, systemCode } from '../../base/index.ts'
import {
  type EntryLook,
  type Attribute,
  statEntry,
  lookOf,
  joinPath,
  type EntryStat,
  listFolder,
  type AttributeProblem,
  type SystemCalls,
  type ByteString,
  StatxLook,
  systemError,
  kindOf,
  readLink,
} from '../../file-system/index.ts'
import type { AttributeReader } from './attribute-reader.ts'
import type { FolderAddress } from './folder-address.ts'
import type { HeldFolder, HoldFolder } from './held-folder.ts'
import { type OpenFile, openForReading, unreadable } from './open-file.ts'
import { isIdentity, type RootIdentity, vanished } from './root-identity.ts'

/**
 * A folder that is being read, and its entries by name. They are reached from the folder as it was opened: whoever
 * exchanges it, or one above it, for a symbolic link meanwhile leads nobody elsewhere. Entries that are links are not
 * followed. Only where a machine has no `/proc` is each reached by its whole path.
 *
 * What is not there is undefined, and no error. What is there and cannot be read throws `source/unreadable`: it is
 * missed, and all else goes on. A root that is not what it was throws `source/vanished`.
 */
export interface OpenFolder extends Disposable {
  /** What it is called in the snapshot, by patterns and in messages. */
  readonly path: Buffer
  /** What it was when it was opened. */
  readonly stat: EntryStat
  /** Its names in the order of their bytes. Holds one folder whole. */
  list(): ByteString[] | undefined
  /** What lies there under this name. */
  look(name: ByteString): EntryLook | undefined
  /** Opens a folder in it. Whoever opens closes. */
  enter(name: ByteString): OpenFolder | undefined
  /** Opens a regular file that is still the one `expected` was read of. Whoever opens closes. */
  open(name: ByteString, expected: EntryStat): OpenFile | undefined
  /** Where a symbolic link points. */
  readLink(name: ByteString): Buffer | undefined
  /** Of an entry, or its own. What cannot be read of them is told to `problem`, and left out. */
  attributes(name: ByteString | undefined, problem: AttributeProblem): readonly Attribute[]
  /** A path at which it can be read until the next folder is opened. */
  place(): Buffer
  /** For other threads, until it is closed. */
  address(): FolderAddress
}

/** Opens the folder at an address; undefined where there is none. Throws `source/unreadable` where it is another one. */
export type OpenFolderAt = (address: FolderAddress) => OpenFolder | undefined

// Linux, include/uapi/linux/limits.h. A path that is longer cannot be restored by anybody else, and a tree may not be so
// deep that whoever walks it runs out of stack.
const LONGEST_PATH = 4096

const { ENAMETOOLONG, ENOENT, ENOTDIR } = osConstants.errno

export function createFolderOpener(
  calls: SystemCalls | undefined,
  attributes: AttributeReader,
  hold: HoldFolder,
): OpenFolderAt {
  const look = new StatxLook()

  function folderOver(path: Buffer, held: HeldFolder, root: FolderAddress['root']): OpenFolder {
    const readNameOf = (name: ByteString): ByteString => (root === undefined ? name : root.readName)

    function presentOr<T>(name: ByteString, what: string, work: (readName: ByteString) => T): T | undefined {
      return present(joinPath(path, name), what, () => work(readNameOf(name)))
    }

    function lookAt(name: ByteString): EntryLook | undefined {
      const descriptor = held.descriptor()
      if (!calls || descriptor === undefined) {
        const stat = presentOr(name, 'cannot be looked at', (readName) => statEntry(held.place(readName)))
        return stat && lookOf(stat)
      }
      const answer = calls.statAt(descriptor, readNameOf(name), look.memory)
      if (answer === 0) return look
      if (answer === -ENOENT || answer === -ENOTDIR) return undefined
      const entry = joinPath(path, name)
      throw unreadable(entry, 'cannot be looked at', systemError(answer, 'statx', entry))
    }

    /** A root that is gone is no everyday thing. */
    function unlessRoot<T>(name: ByteString, found: T | undefined): T | undefined {
      if (root && found === undefined) throw vanished(joinPath(path, name), false)
      return found
    }

    return {
      path,
      stat: held.stat,
      list: () => present(path, 'cannot be listed', () => listFolder(held.place())),
      look(name) {
        const found = lookAt(name)
        if (root) refuseOther(joinPath(path, name), root.identity, found?.stat())
        return found
      },
      enter(name) {
        const entry = joinPath(path, name)
        if (entry.length >= LONGEST_PATH) {
          throw unreadable(entry, 'has too long a path', systemError(-ENAMETOOLONG, 'open', entry))
        }
        const entered = presentOr(name, 'cannot be opened', (readName) => held.enter(readName, entry))
        if (entered && kindOf(entered.stat) !== 'dir') throw unreadable(entry, 'was replaced while it was being opened')
        if (root) refuseOther(entry, root.identity, entered?.stat)
        return entered && folderOver(entry, entered, undefined)
      },
      open: (name, expected) =>
        unlessRoot(name, openForReading(joinPath(path, name), held.place(readNameOf(name)), expected)),
      readLink: (name) =>
        unlessRoot(
          name,
          presentOr(name, 'cannot be read as a link', (readName) => readLink(held.place(readName))),
        ),
      attributes(name, problem) {
        if (name !== undefined) return attributes.read(held.place(readNameOf(name)), problem)
        return attributes.read(held.place(), problem, held.descriptor())
      },
      place: () => held.place(),
      address: () => ({
        path,
        readFrom: held.readFrom,
        identity: { device: held.stat.dev, inode: held.stat.ino },
        descriptor: held.share(),
        root,
      }),
      [Symbol.dispose]: () => held.close(),
    }
  }

  return (address) => {
    const path = Buffer.from(address.path)
    const held = present(path, 'cannot be opened', () => hold(address))
    return held && folderOver(path, held, address.root)
  }
}

/** What `work` gives, or undefined where what it works on is not there. */
function present<T>(path: Buffer, what: string, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isCode(error, 'source/unreadable')) throw error
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(path, what, error)
  }
}

function refuseOther(path: Buffer, identity: RootIdentity, found: EntryStat | undefined): void {
  if (!found || !isIdentity(found, identity)) throw vanished(path, found !== undefined)
}
