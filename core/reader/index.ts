/**
 * The reader looks into the recovery points of a vault, for people who browse: folders, searches, versions of a file,
 * downloads. It does so in a thread of its own, so that a folder of a million entries holds up nobody but those who look.
 *
 * - **Reader**: a thread that has a vault open for reading, and the few things that it can be asked for.
 * - **Folder view**: a folder's tree in the memory of that thread, in which any name is found soon.
 * - **Reach**: what of a recovery point somebody may see.
 */
export type {
  EntryAsked,
  EntryFacts,
  FindAsked,
  Found,
  FolderPage,
  ListAsked,
  Reach,
  SumAsked,
  Sums,
  Version,
} from './messages.ts'
export type { EntryRow } from './worker/entry-row.ts'
export { type PointReader, startPointReader, type StartPointReaderOptions } from './point-reader.ts'
export { serveReader } from './worker/serve-reader.ts'
