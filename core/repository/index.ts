/**
 * A repository holds backups in restic's format, on top of a storage.
 *
 * - **Blob**: a run of bytes, named by the SHA-256 of its plaintext. Data or tree.
 * - **Pack**: one stored file holding many sealed blobs and, last, a sealed header that lists them.
 * - **Index**: which blob lies where.
 * - **Document**: a sealed file of JSON: index, snapshot, lock.
 * - **Pipeline**: worker threads that cut, hash, compress, seal and pack, and the main thread that stores packs.
 */
export { assertBlobSize, type BlobLocation, type BlobType, ID_BYTES, plainLength } from './blob.ts'
export type { CompressionLevel } from './compression/zstd.ts'
export { type Config } from './config.ts'
export { attachBlobIndex, type BlobIndex, createBlobIndex } from './index/blob-index.ts'
export { createIdHash, drawIdSecret } from './index/id-hash.ts'
export { createPackTable, type PackTable } from './index/pack-table.ts'
export { readIndexFiles, type ReadIndexFile } from './index/read-index-files.ts'
export type { IndexContent, WaitingPacks } from './index/index-content.ts'
export { isSameNote, laterNote, newWaitNote, UNTOLD_GRACE, type WaitNote } from './index/wait-note.ts'
export { createIndexFilesWriter, listedPack, type ListedPack } from './index/index-files-writer.ts'
export { decodeKeyFile } from './key/key-file.ts'
export { HEADER_LENGTH_BYTES, headerEntryBytes, type HeaderEntry } from './pack/header.ts'
export { loadPackHeader, readPackHeader } from './pack/pack-header-reader.ts'
export { type Bell, createBell, PipelineStopped } from './pipeline/bell.ts'
export { type BlobWriter, createBlobWriter, sumCounts, type WriteCounts } from './pipeline/blob-writer.ts'
export { type BlobBody, createBlobBodies } from './pipeline/blob-body.ts'
export { type BlobSaver, createBlobSaver } from './pipeline/blob-saver.ts'
export { createPackFiller, type PackMessage } from './pipeline/pack-filler.ts'
export { type ContentWriter, createContentWriter, type ReadNext, type SavedContent } from './pipeline/content-writer.ts'
export { openPipeline, type Pipeline, type PipelineOptions } from './pipeline/pipeline.ts'
export type { SharedPipeline } from './pipeline/shared-pipeline.ts'
export { initRepository, type InitOptions } from './init-repository.ts'
export { type NamedThing, nameByPrefix } from './name-prefix.ts'
export { openRepository, type Repository } from './repository.ts'
export { guardStorage } from './lock/guarded-storage.ts'
export { type FoundLock, listLocks, type ListLocksOptions, removeLock } from './lock/found-lock.ts'
export type { HeldLock } from './lock/held-lock.ts'
export { type LockOptions, lockRepository } from './lock/lock.ts'
export type { LoadIndexOptions } from './index/load-indexes.ts'
export { listPresentPacks, type PresentPacks } from './index/present-packs.ts'
export { type Identity, isAlive, ownIdentity, startOf } from './lock/process.ts'
export type { OpenedBlob } from './pipeline/blob-opener.ts'
export { type BlobReader, createBlobReader } from './pipeline/blob-reader.ts'
export { type ContentLoader, createContentLoader } from './content-loader.ts'
export { createTreeLoader, type TreeLoader } from './tree-loader.ts'
export { createSealer, SEAL_OVERHEAD, type Sealer } from './crypto/seal.ts'
export { sha256 } from './sha256.ts'
export type { LaneMixer } from './crypto/lane-mixer.ts'
export {
  joinWaitingThreads,
  startWaitingThreads,
  type WaitingBell,
  type WaitingThread,
  type WaitingThreads,
} from './waiting-threads.ts'
export type { MasterKey } from './crypto/master-key.ts'
export type { SharedBlobIndex } from './index/blob-index.ts'
export { drawPolynomial, formatPolynomial, parsePolynomial } from './chunker/polynomial.ts'
export { availableWorkers } from './available-workers.ts'
export { addKey, type AddKeyOptions, type FoundKey, listKeys, removeKey, replaceKey } from './key/keys.ts'
export type { KeyOwner } from './key/key-file.ts'
export { loadWhole } from './whole-file.ts'
