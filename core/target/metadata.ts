import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  type Stats,
  utimesSync,
} from 'node:fs'

import {
  type Attribute,
  descriptorPath,
  type EntryKind,
  O_PATH,
  type SystemCalls,
  systemError,
  kindOf,
} from '../file-system/index.ts'
import { createAttributeWriter } from './attribute-writer.ts'
import { createCutTimes } from './cut-times.ts'
import { entryPath } from './entry-path.ts'
import { targetError } from './target-error.ts'

/** What an entry has beside its content. */
export interface Metadata {
  /** Permission, setuid, setgid and sticky bits: Unix's, `0o7777`. */
  readonly mode: number
  readonly user: number
  readonly group: number
  /** Nanoseconds since the epoch. */
  readonly accessed: bigint
  readonly modified: bigint
  readonly attributes: readonly Attribute[]
}

/** Called for each part that could not be written; the entry keeps what it has there. */
export type MetadataLoss = (part: 'owner' | 'attributes' | 'mode' | 'times', error: unknown) => void

/**
 * Writes metadata in an order in which no step undoes another: owner (which clears setuid bits and capabilities),
 * attributes with ACLs last (while the owner may still write), mode, times. A part that fails is told to `loss`, and
 * the others are written all the same: not being root, one cannot give files away.
 */
export interface MetadataWriter {
  /** For a regular file that this run made or opened for writing, after its last byte. */
  toFile(descriptor: number, metadata: Metadata, loss: MetadataLoss): void
  /**
   * For any kind of entry, folders after all that lies in them. The entry itself is changed, also when it is a symbolic
   * link. Fails with `target/refused` when another kind lies there, or something with a second name: it may have been
   * planted, and its other name may be a file of somebody else. Hard links are therefore made after this. What has its
   * metadata already is left alone.
   */
  toEntry(folder: number, name: Uint8Array, kind: EntryKind, metadata: Metadata, loss: MetadataLoss): void
  /**
   * Whether what is open has this metadata, but for the access time, which looking changes: then nothing needs to be
   * written, and its change time stays.
   */
  isWritten(descriptor: number, metadata: Metadata): boolean
}

const SETUID_SETGID = 0o6000
const NANOSECONDS = 1e9
// chown(2): -1 leaves this one as it is, and is nobody's number.
const KEEP = -1
const NO_ID = 2 ** 32 - 1

export function createMetadataWriter(calls: SystemCalls | undefined): MetadataWriter {
  const attributes = createAttributeWriter(calls)

  const cutTimes = createCutTimes()

  function write(target: Target, kind: EntryKind, metadata: Metadata, loss: MetadataLoss): void {
    const stat = fstatSync(target.descriptor)
    const isOwned = setOwner(target, stat, metadata, loss)
    attributes.write(target.descriptor, metadata.attributes, (_name, error) => loss('attributes', error))
    // Linux has no permissions on symbolic links. And a program must not run as whoever happens to restore it.
    const keptBits = isOwned || kind === 'dir' ? metadata.mode : metadata.mode & ~SETUID_SETGID
    if (kind !== 'symlink') setMode(target, keptBits, loss)
    setTimes(calls, target, metadata, loss)
    if (calls && cutTimes.isCut(target.descriptor, stat.dev, metadata.modified)) {
      loss('times', new Error('its modification time cannot be held by the file system there, which keeps the nearest'))
    }
  }

  function isWritten(descriptor: number, { mode, user, group, modified, attributes: wanted }: Metadata): boolean {
    const stat = fstatSync(descriptor, { bigint: true })
    const isMode = kindOf(stat) === 'symlink' || (stat.mode & 0o7777n) === BigInt(mode)
    const isOwned = stat.uid === BigInt(user) && stat.gid === BigInt(group)
    return isMode && isOwned && stat.mtimeNs === modified && attributes.isWritten(descriptor, wanted)
  }

  return {
    isWritten,
    toFile: (descriptor, metadata, loss) => write({ descriptor, path: undefined }, 'file', metadata, loss),
    toEntry(folder, name, kind, metadata, loss) {
      const descriptor = openEntry(folder, name, kind)
      try {
        if (isWritten(descriptor, metadata)) return
        write({ descriptor, path: descriptorPath(descriptor) }, kind, metadata, loss)
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

/** The calls that take a descriptor are twice as fast; with `O_PATH` its path in /proc has to do. */
interface Target {
  readonly descriptor: number
  readonly path: string | undefined
}

/** Whether both user and group are what they should be. Where the user may not be given, the group alone is tried. */
function setOwner(target: Target, { uid, gid }: Stats, { user, group }: Metadata, loss: MetadataLoss): boolean {
  try {
    if (user === NO_ID || group === NO_ID) throw new Error(`${user}:${group} can own nothing`)
    // Most files belong to whom they should: asking costs a fifth of what the file system takes to write it again.
    if (uid !== user || gid !== group) chown(target, user, group)
    return true
  } catch (error) {
    loss('owner', error)
  }
  try {
    chown(target, KEEP, group)
  } catch {
    // Told already.
  }
  return false
}

function chown({ descriptor, path }: Target, user: number, group: number): void {
  if (path === undefined) fchownSync(descriptor, user, group)
  else chownSync(path, user, group)
}

function setMode({ descriptor, path }: Target, mode: number, loss: MetadataLoss): void {
  try {
    if (path === undefined) fchmodSync(descriptor, mode)
    else chmodSync(path, mode)
  } catch (error) {
    loss('mode', error)
  }
}

function setTimes(
  calls: SystemCalls | undefined,
  { descriptor, path = descriptorPath(descriptor) }: Target,
  { accessed, modified }: Metadata,
  loss: MetadataLoss,
): void {
  if (calls === undefined) {
    try {
      utimesSync(path, Number(accessed) / NANOSECONDS, Number(modified) / NANOSECONDS)
      if (modified % BigInt(NANOSECONDS) !== 0n)
        loss('times', new Error('this machine sets them to the microsecond only; on Linux, koffi is not installed'))
    } catch (error) {
      loss('times', error)
    }
    return
  }
  const answer = calls.setTimes(descriptor, accessed, modified)
  if (answer < 0) loss('times', systemError(answer, 'utimensat', Buffer.from(path)))
}

function openEntry(folder: number, name: Uint8Array, kind: EntryKind): number {
  const path = entryPath(folder, name)
  let descriptor: number
  try {
    descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW)
  } catch (error) {
    throw targetError(name, 'cannot be opened to write its metadata', error)
  }
  const stat = fstatSync(descriptor, { bigint: true })
  if (kindOf(stat) === kind && (kind === 'dir' || stat.nlink === 1n)) return descriptor
  closeSync(descriptor)
  throw targetError(name, 'was replaced, or has a second name: its metadata is not written')
}
