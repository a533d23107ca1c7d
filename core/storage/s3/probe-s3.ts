import type { Readable } from 'node:stream'

import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'

import { type Abortable, type Chance, type Clock, CoreError, parseHttpDate } from '../../base/index.ts'
import { explainS3, isConditionFailed } from './failure.ts'
import { createS3Client, withContentHash } from './s3-client.ts'
import { type S3Credentials, type S3Location, s3LocationText } from './s3-location.ts'

/** What a store turned out to do, by trying it. */
export type S3Facts = (
  | {
      /** What there is in the folder: the first names. */
      readonly listed: readonly string[]
    }
  | { readonly unlisted: CoreError }
) & {
  /** Undefined where it was not tried. */
  readonly written: WritingFacts | { readonly failure: CoreError } | undefined
  /** Why what was written could not be removed. */
  readonly removal: CoreError | undefined
  /** Whether the bucket keeps versions. Undefined: it does not tell. */
  readonly versions: boolean | undefined
}

export interface WritingFacts {
  /** What is read is what was stored. */
  readonly isSame: boolean
  readonly hasRanges: boolean
  /** An object is not replaced where only a new one was wanted. */
  readonly hasConditions: boolean
  /** What arrives with another checksum than it was sent with is refused. */
  readonly hasChecksums: boolean
  /** By how many milliseconds its clock is ahead. */
  readonly ahead: number | undefined
}

export interface ProbeS3Options extends Abortable {
  readonly clock: Clock
  readonly chance: Chance
}

const BYTES = 4096
/** That is no hash of what is sent. */
const WRONG = '00'.repeat(32)

/** Tries a place in S3 with small objects, which it removes again. Throws the signal's reason, and nothing else. */
export async function probeS3(
  location: S3Location,
  credentials: S3Credentials,
  options: ProbeS3Options,
): Promise<S3Facts> {
  const client = createS3Client(location, credentials, { connections: 2 })
  try {
    return await new Probe(location, client, options).run()
  } finally {
    client.destroy()
  }
}

class Probe {
  readonly #bucket: string
  readonly #prefix: string
  readonly #client: S3Client
  readonly #options: ProbeS3Options
  readonly #location: string
  readonly #key: string

  constructor({ bucket, prefix, ...rest }: S3Location, client: S3Client, options: ProbeS3Options) {
    this.#bucket = bucket
    this.#prefix = prefix === '' ? '' : `${prefix}/`
    this.#client = client
    this.#options = options
    this.#location = s3LocationText({ bucket, prefix, ...rest })
    this.#key = `${this.#prefix}.holdfast-probe-${options.chance.fill(Buffer.alloc(8)).toString('hex')}`
  }

  async run(): Promise<S3Facts> {
    const listed = await this.#attempt('list', () => this.#list())
    // Who may not even look there is not asked to write.
    if (listed instanceof CoreError)
      return { unlisted: listed, written: undefined, removal: undefined, versions: undefined }
    const written = await this.#attempt('store', () => this.#write())
    const removal = await this.#attempt('remove', () => this.#remove())
    return {
      listed,
      written: written instanceof CoreError ? { failure: written } : written,
      removal: removal instanceof CoreError && !(written instanceof CoreError) ? removal : undefined,
      versions: await this.#versions(),
    }
  }

  async #list(): Promise<string[]> {
    const { Contents = [], CommonPrefixes = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: this.#prefix, Delimiter: '/', MaxKeys: 100 }),
      this.#sending,
    )
    const keys = [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix)]
    return keys
      .map((key = '') => key.slice(this.#prefix.length).replace(/\/$/, ''))
      .filter((name) => name !== '' && !name.startsWith('.holdfast-'))
  }

  async #write(): Promise<WritingFacts> {
    const { clock, chance } = this.#options
    const body = chance.fill(Buffer.alloc(BYTES))
    const put = new PutObjectCommand({ Bucket: this.#bucket, Key: this.#key, Body: body })
    let said: string | undefined
    put.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        said = (result.response as { headers?: Record<string, string> }).headers?.['date']
        return result
      },
      { step: 'deserialize', name: 'readDate', priority: 'low' },
    )
    await this.#client.send(put, this.#sending)
    const ahead = said === undefined ? Number.NaN : parseHttpDate(said) - clock.now()
    return {
      isSame: body.equals(await this.#read()),
      hasRanges: body.subarray(100, 300).equals(await this.#read('bytes=100-299')),
      hasConditions: await this.#refusesSecond(body),
      hasChecksums: await this.#refusesWrongHash(body),
      ahead: Number.isNaN(ahead) ? undefined : ahead,
    }
  }

  async #read(range?: string): Promise<Buffer> {
    const { Body } = await this.#client.send(
      new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key, Range: range }),
      this.#sending,
    )
    const parts: Uint8Array[] = []
    for await (const part of Body as Readable) parts.push(part as Uint8Array)
    return Buffer.concat(parts)
  }

  async #refusesSecond(body: Buffer): Promise<boolean> {
    try {
      await this.#client.send(
        new PutObjectCommand({ Bucket: this.#bucket, Key: this.#key, Body: body, IfNoneMatch: '*' }),
        this.#sending,
      )
      return false
    } catch (error) {
      if (isConditionFailed(error)) return true
      // A store that does not know conditions may say so.
      if (error instanceof Error && error.name === 'NotImplemented') return false
      throw error
    }
  }

  async #refusesWrongHash(body: Buffer): Promise<boolean> {
    const put = new PutObjectCommand({ Bucket: this.#bucket, Key: `${this.#key}-wrong`, Body: body })
    try {
      await this.#client.send(withContentHash(put, WRONG), this.#sending)
      return false
    } catch {
      this.#options.signal?.throwIfAborted()
      return true
    }
  }

  async #remove(): Promise<void> {
    for (const key of [this.#key, `${this.#key}-wrong`])
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }), this.#sending)
  }

  async #versions(): Promise<boolean | undefined> {
    try {
      const { Status } = await this.#client.send(
        new GetBucketVersioningCommand({ Bucket: this.#bucket }),
        this.#sending,
      )
      return Status === 'Enabled'
    } catch {
      this.#options.signal?.throwIfAborted()
      return undefined
    }
  }

  get #sending(): { abortSignal?: AbortSignal } {
    const { signal } = this.#options
    return signal === undefined ? {} : { abortSignal: signal }
  }

  async #attempt<T>(action: 'list' | 'store' | 'remove', work: () => Promise<T>): Promise<T | CoreError> {
    const { signal } = this.#options
    try {
      return await work()
    } catch (error) {
      const attempt = { action, object: 'a first file', location: this.#location }
      const explained = explainS3(error, attempt, signal)
      if (signal?.aborted === true || !(explained instanceof CoreError)) throw explained
      return explained
    }
  }
}
