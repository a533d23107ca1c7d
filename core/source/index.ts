/**
 * A source is what is protected.
 */
export type { Attribute } from './file-server/attributes.ts'
export { type ByteString, isUtf8Name, joinPath, printable } from './file-server/byte-string.ts'
export { openFileServerReader } from './file-server/file-server-reader.ts'
export { createFileServerSource } from './file-server/file-server-source.ts'
export type { OpenFile } from './file-server/open-file.ts'
export { createSelection, type Selection, type SelectionOptions } from './file-server/selection/selection.ts'
export { type EntryKind, type EntryStat, kindOf } from './file-server/walk.ts'
export type { EntryReader, FileServerDescriptor, PreparedRoot, PreparedSource, Source } from './source.ts'
