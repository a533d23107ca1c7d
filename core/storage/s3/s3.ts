import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'

import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'

import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import { assertHandle, describeHandle } from '../handle.ts'
import { assertRange, lengthWithin, targetOf, truncated } from '../range.ts'
import { configExists, otherBody } from '../refusal.ts'
import type { FileInfo, FileKind, FileStat, Handle, LoadOptions, SaveOptions, Storage } from '../storage.ts'
import { explainS3, isBeyondEnd, isConditionFailed, isMissing, isOtherHash, type S3Attempt } from './failure.ts'
import { kindPrefix, nameOfKey, objectKey } from './object-key.ts'
import type { RequestHandlerOptions } from './request-handler.ts'
import { createS3Client, withContentHash } from './s3-client.ts'
import { type S3Credentials, type S3Location, s3LocationText } from './s3-location.ts'

export type S3Options = Partial<RequestHandlerOptions>

/** A storage that holds connections while it is used. */
export interface S3Storage extends Storage, Disposable {}

/**
 * Keeps files as objects of a bucket, laid out as restic does it, so that `restic -r s3:…` opens the same repository.
 * Connections are made on demand (CC-5); `dispose` ends those that rest.
 */
export function openS3Storage(location: S3Location, credentials: S3Credentials, options: S3Options = {}): S3Storage {
  const { connections = 8 } = options
  return new ObjectStorage(location, createS3Client(location, credentials, { ...options, connections }), connections)
}

class ObjectStorage implements S3Storage {
  readonly location: string
  readonly connections: number
  readonly #bucket: string
  readonly #prefix: string
  readonly #client: S3Client
  /** S3 says nothing of what was not there: of many who remove a file here, each looks after the one before. */
  readonly #removals = new Map<string, Promise<void>>()

  constructor(location: S3Location, client: S3Client, connections: number) {
    this.location = s3LocationText(location)
    this.connections = connections
    this.#bucket = location.bucket
    this.#prefix = location.prefix
    this.#client = client
  }

  async prepare({ signal }: Abortable = {}): Promise<void> {
    // Objects need no folders, and one that was not sent whole is not there.
    signal?.throwIfAborted()
  }

  async save(handle: Handle, body: Uint8Array, { signal, sha256 }: SaveOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    assertHandle(handle)
    const isConfig = handle.kind === 'config'
    const put = new PutObjectCommand({
      ...this.#object(handle),
      Body: ownMemory(body),
      // Where the store takes no notice of it, who asked before still sees what is there.
      IfNoneMatch: isConfig ? '*' : undefined,
    })
    if (sha256 !== undefined) withContentHash(put, sha256)
    try {
      if (isConfig) await this.#refuseSecondConfig(signal)
      await this.#client.send(put, sending(signal))
    } catch (error) {
      if (isConfig && isConditionFailed(error)) throw configExists(this.location, error)
      if (sha256 !== undefined && isOtherHash(error) && hash('sha256', body) !== sha256)
        throw otherBody(handle, this.location, error)
      throw this.#explained(error, { action: 'store', object: handle }, signal)
    }
  }

  async load(handle: Handle, options: LoadOptions = {}): Promise<Uint8Array> {
    const { offset = 0, length, signal } = options
    signal?.throwIfAborted()
    assertHandle(handle)
    assertRange(handle, options)
    try {
      if (length === 0) return await this.#loadNothing(handle, options)
      const isRange = offset > 0 || length !== undefined
      const last = length === undefined ? '' : offset + length - 1
      const range = isRange ? `bytes=${offset}-${last}` : undefined
      const answer = await this.#client.send(
        new GetObjectCommand({ ...this.#object(handle), Range: range }),
        sending(signal),
      )
      return await this.#receive(answer, handle, options)
    } catch (error) {
      if (isBeyondEnd(error)) return await this.#loadNothing(handle, options)
      throw this.#explained(error, { action: 'read', object: handle }, signal)
    }
  }

  async stat(handle: Handle, { signal }: Abortable = {}): Promise<FileStat> {
    signal?.throwIfAborted()
    assertHandle(handle)
    try {
      const answer = await this.#client.send(new HeadObjectCommand(this.#object(handle)), sending(signal))
      if (answer.ContentLength === undefined) throw new Error('it did not say how long the file is')
      return { name: handle.name, size: answer.ContentLength, stored: answer.LastModified?.getTime() }
    } catch (error) {
      if (isMissing(error) && handle.kind !== 'config') await this.#assertBucket(signal)
      throw this.#explained(error, { action: 'read', object: handle }, signal)
    }
  }

  async *list(kind: FileKind, { signal }: Abortable = {}): AsyncIterable<FileInfo> {
    signal?.throwIfAborted()
    if (kind === 'config') {
      yield* this.#listConfig(signal)
      return
    }
    let from: string | undefined
    try {
      do {
        const page = await this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: kindPrefix(this.#prefix, kind),
            ContinuationToken: from,
          }),
          sending(signal),
        )
        for (const { Key = '', Size } of page.Contents ?? []) {
          const name = nameOfKey(this.#prefix, kind, Key)
          if (name !== undefined && Size !== undefined) yield { name, size: Size }
          signal?.throwIfAborted()
        }
        from = page.IsTruncated === true ? page.NextContinuationToken : undefined
        // The rest would be taken for gone.
        if (page.IsTruncated === true && from === undefined) throw new Error('it did not say how its list goes on')
      } while (from !== undefined)
    } catch (error) {
      throw this.#explained(error, { action: 'list', object: `${kind} files` }, signal)
    }
  }

  async remove(handle: Handle, options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted()
    assertHandle(handle)
    const key = objectKey(this.#prefix, handle)
    const before = this.#removals.get(key) ?? Promise.resolve()
    const removal = before.catch(() => undefined).then(() => this.#remove(handle, options))
    this.#removals.set(key, removal)
    try {
      await removal
    } finally {
      if (this.#removals.get(key) === removal) this.#removals.delete(key)
    }
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }

  async #remove(handle: Handle, options: Abortable): Promise<void> {
    await this.stat(handle, options)
    try {
      await this.#client.send(new DeleteObjectCommand(this.#object(handle)), sending(options.signal))
    } catch (error) {
      throw this.#explained(error, { action: 'remove', object: handle }, options.signal)
    }
  }

  #object(handle: Handle): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: objectKey(this.#prefix, handle) }
  }

  /** Not every store knows conditions, and some forget them where a bucket keeps versions (Ceph 16.2). */
  async #refuseSecondConfig(signal: AbortSignal | undefined): Promise<void> {
    for await (const found of this.#listConfig(signal)) throw configExists(this.location, found)
  }

  async #receive(answer: GetObjectCommandOutput, handle: Handle, options: LoadOptions): Promise<Uint8Array> {
    const { offset = 0, length, into } = options
    const body = answer.Body as Readable | undefined
    try {
      const arrives = answer.ContentLength
      if (body === undefined || arrives === undefined) throw new Error('it did not say how much it sends')
      const { first, size } = extentOf(answer, arrives)
      if (first !== offset && length !== undefined) throw new Error('it sent another part than was asked for')
      const wanted = lengthWithin(handle, this.location, size, options)
      if (first !== offset || wanted !== arrives) throw new Error('it sent another part than was asked for')
      const target = targetOf(handle, into, wanted)
      await fill(target, body, handle)
      options.signal?.throwIfAborted()
      return target
    } finally {
      // What is not wanted does not keep a connection.
      body?.destroy()
    }
  }

  /** A range of no bytes may lie anywhere up to the end. */
  async #loadNothing(handle: Handle, options: LoadOptions): Promise<Uint8Array> {
    const { size } = await this.stat(handle, options)
    if (lengthWithin(handle, this.location, size, options) > 0) throw truncated(handle, this.location, size, options)
    return targetOf(handle, options.into, 0)
  }

  async *#listConfig(signal: AbortSignal | undefined): AsyncIterable<FileInfo> {
    try {
      const { name, size } = await this.stat({ kind: 'config', name: '' }, { signal })
      yield { name, size }
    } catch (error) {
      if (!isCode(error, 'storage/not-found')) throw error
      await this.#assertBucket(signal)
    }
  }

  /** A bucket that has gone is no finding about a file in it. */
  async #assertBucket(signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }), sending(signal))
    } catch (error) {
      if (!isMissing(error)) return
      throw new CoreError('storage/unreachable', `There is no bucket for ${this.location} any more`, {
        cause: error,
        safety: 'Nothing was changed.',
        remedy: 'Check the name of the bucket and the endpoint; if it was removed, its provider may bring it back.',
        context: { location: this.location },
      })
    }
  }

  #explained(error: unknown, attempt: Omit<S3Attempt, 'location'>, signal: AbortSignal | undefined): unknown {
    return explainS3(error, { ...attempt, location: this.location }, signal)
  }
}

function sending(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}

/** What is shared may neither be digested nor sent by Node's own means. */
function ownMemory(body: Uint8Array): Uint8Array {
  return body.buffer instanceof SharedArrayBuffer ? Uint8Array.from(body) : body
}

/** Where what arrives begins in the object, and the object's size. RFC 9110, 14.4: `bytes 0-99/1234`. */
function extentOf({ ContentRange }: GetObjectCommandOutput, arrives: number): { first: number; size: number } {
  if (ContentRange === undefined) return { first: 0, size: arrives }
  const found = /^bytes (\d+)-\d+\/(\d+)$/.exec(ContentRange)
  if (found === null) throw new Error('nobody can read which part it sent')
  return { first: Number(found[1]), size: Number(found[2]) }
}

async function fill(target: Uint8Array, body: Readable, handle: Handle): Promise<void> {
  let at = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (at + chunk.byteLength > target.byteLength) throw new Error(`it sent more of ${describeHandle(handle)}`)
    target.set(chunk, at)
    at += chunk.byteLength
  }
  if (at < target.byteLength) throw new Error(`the connection ended after ${at} of ${target.byteLength} bytes`)
}
