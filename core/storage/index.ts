/**
 * A storage keeps a repository's files: whole, by kind and name. It knows nothing of what they mean.
 */
export type { FileInfo, FileKind, Handle, LoadOptions, Storage } from './storage.ts'
