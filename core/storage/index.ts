/**
 * A storage keeps a repository's files: whole, by kind and name. It knows nothing of what they mean.
 *
 * - **Handle**: kind and name of one file.
 * - **Storage**: the contract; its comment is the specification, `test/conformance` the proof.
 * - **Note**: a small file beside the repository's, which computers share.
 * - **Wrapper**: a storage around another one that adds one thing: `withRetry`, `withReadonly`.
 */
export { changeStorage } from './changed.ts'
export { type DirectoryOptions, openDirectoryStorage } from './directory/directory.ts'
export { assertHandle, describeHandle, handleContext, isFileName } from './handle.ts'
export { openMemoryStorage } from './memory.ts'
export { assertRange, lengthWithin, targetOf } from './range.ts'
export { assertReachable } from './reachable.ts'
export { withReadonly } from './readonly.ts'
export { openDirectoryNote } from './note/directory-note.ts'
export { openS3Note } from './note/s3-note.ts'
export type { NoteVersion, SharedNote } from './note/shared-note.ts'
export { configExists, notFound } from './refusal.ts'
export { type StorageRetryOptions, withRetry } from './retry.ts'
export { probeS3, type S3Facts } from './s3/probe-s3.ts'
export { openS3Storage, type S3Options, type S3Storage } from './s3/s3.ts'
export { type S3Credentials, type S3Location, s3LocationText } from './s3/s3-location.ts'
export { type Bandwidth, withThrottle } from './throttle.ts'
export { TokenBucket } from './token-bucket.ts'
export type { FileInfo, FileKind, FileStat, Handle, LoadOptions, SaveOptions, Storage } from './storage.ts'
