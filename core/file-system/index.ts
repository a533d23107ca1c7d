/**
 * What Linux tells and does of entries of a file system, for whoever reads what is protected and whoever brings it back.
 *
 * - **Entry**: a file, folder, symbolic link, FIFO or device.
 * - **Byte string**: a name or path as a string of one character for each byte; names need not be UTF-8.
 * - **Attribute**: an extended attribute; POSIX ACLs are two of them.
 */
export {
  type Attribute,
  attributeNames,
  type AttributeProblem,
  LONGEST_ATTRIBUTE_LIST,
  LONGEST_ATTRIBUTE_VALUE,
  noAttributeCalls,
} from './attributes.ts'
export {
  type ByteString,
  cutBlanks,
  isAscii,
  isUtf8Name,
  joinPath,
  printable,
  toByteString,
  UNSEEN,
} from './byte-string.ts'
export { descriptorPath, O_PATH } from './descriptor-path.ts'
export { type EntryKind, type EntryStat, kindOf, mayHaveHoles } from './entry-kind.ts'
export { type EntryFacts, type EntryLook, lookOf, StatxLook } from './entry-look.ts'
export { listFolder, readLink, statEntry } from './read-entry.ts'
export { type AttributeTarget, openSystemCalls, type SystemCalls, systemError } from './system-calls.ts'
export { diskRoom, roomAt } from './room-at.ts'
