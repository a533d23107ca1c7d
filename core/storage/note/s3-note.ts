import type { Readable } from 'node:stream'

import {
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'

import { type Abortable, CoreError } from '../../base/index.ts'
import { explainS3, isConditionFailed, isMissing } from '../s3/failure.ts'
import { createS3Client } from '../s3/s3-client.ts'
import { type S3Credentials, type S3Location, s3LocationText } from '../s3/s3-location.ts'
import { LONGEST_NOTE, type NoteVersion, type SharedNote } from './shared-note.ts'

/** A note in the folder that a repository has in a bucket: an access key may be limited to that. */
export function openS3Note(location: S3Location, credentials: S3Credentials, name: string): SharedNote {
  return new ObjectNote(location, createS3Client(location, credentials, { connections: 1 }), name)
}

class ObjectNote implements SharedNote {
  readonly location: string
  readonly #name: string
  readonly #object: { readonly Bucket: string; readonly Key: string }
  readonly #client: S3Client

  constructor(location: S3Location, client: S3Client, name: string) {
    this.location = `${s3LocationText(location)}/${name}`
    this.#name = name
    this.#object = { Bucket: location.bucket, Key: location.prefix === '' ? name : `${location.prefix}/${name}` }
    this.#client = client
  }

  async read({ signal }: Abortable = {}): Promise<NoteVersion | undefined> {
    signal?.throwIfAborted()
    try {
      const { Body, ETag = '' } = await this.#client.send(new GetObjectCommand(this.#object), sending(signal))
      return { body: await receive(Body as Readable, this.location), tag: ETag }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw explainS3(error, { action: 'read', object: this.#name, location: this.location }, signal)
    }
  }

  async replace(before: NoteVersion | undefined, body: Uint8Array, { signal }: Abortable = {}): Promise<boolean> {
    for (const condition of conditionsOf(before)) {
      // A store that takes no notice of conditions, or understands them otherwise, must not be taken for one that does.
      if ((await this.read({ signal }))?.tag !== before?.tag) return false
      if (!(await this.#store(body, condition, signal))) continue
      const there = await this.read({ signal })
      return there !== undefined && Buffer.compare(there.body, body) === 0
    }
    return false
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }

  /** False: the condition did not hold, or is not known. */
  async #store(Body: Uint8Array, condition: Condition, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.#client.send(new PutObjectCommand({ ...this.#object, Body, ...condition }), sending(signal))
      return true
    } catch (error) {
      if (isOutrun(error) || isUnknownCondition(error)) return false
      throw explainS3(error, { action: 'store', object: this.#name, location: this.location }, signal)
    }
  }
}

type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>

/** Ceph 16 knows a tag by its bare digits only (RFC 9110, 13.1.1 wants its quotes); some stores know no conditions at all. */
function conditionsOf(before: NoteVersion | undefined): Condition[] {
  if (before === undefined) return [{ IfNoneMatch: '*' }, {}]
  return [{ IfMatch: before.tag }, { IfMatch: before.tag.replaceAll('"', '') }, {}]
}

/** Another one was put there, or is just now (409); or what was to be replaced is gone. */
function isOutrun(error: unknown): boolean {
  if (isConditionFailed(error) || isMissing(error)) return true
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409
}

/** A store that does not know conditions may say so. */
function isUnknownCondition(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501
}

async function receive(body: Readable, location: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    parts.push(part as Uint8Array)
    bytes += (part as Uint8Array).length
    if (bytes > LONGEST_NOTE) {
      body.destroy()
      throw new CoreError('storage/too-large', `${location} is longer than such an object is`, {
        safety: 'Nothing was changed.',
        remedy: 'Look what it is, and who has written it.',
        context: { location },
      })
    }
  }
  return Buffer.concat(parts)
}

function sending(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}
