import { openFileServerReader } from './file-server/file-server-reader.ts'
import type { EntryReader, ReaderDescriptor } from './source.ts'

const OPENERS: Readonly<Record<ReaderDescriptor['kind'], (descriptor: ReaderDescriptor) => EntryReader>> = {
  'file-server': () => openFileServerReader(),
}

/** Opens a reader of a source's entries, for the thread that calls it. */
export function openEntryReader(descriptor: ReaderDescriptor): EntryReader {
  return OPENERS[descriptor.kind](descriptor)
}
