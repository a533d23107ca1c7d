import { webcrypto } from 'node:crypto'

import { type PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

import { RequestHandler, type RequestHandlerOptions } from './request-handler.ts'
import { isAmazon, type S3Credentials, type S3Location } from './s3-location.ts'

const CONTENT_HASH = 'x-amz-content-sha256'

/**
 * A client that asks once: trying again is `withRetry`'s business. Each body is signed with its SHA-256, by which the storage
 * refuses what arrives damaged (Amazon S3, "Signature Version 4", x-amz-content-sha256).
 */
export function createS3Client(
  location: S3Location,
  credentials: S3Credentials,
  options: RequestHandlerOptions,
): S3Client {
  const client = new S3Client({
    endpoint: location.endpoint,
    region: location.region,
    forcePathStyle: !isAmazon(location),
    credentials,
    maxAttempts: 1,
    requestHandler: new RequestHandler(options),
    // What is signed needs no second checksum, and others than Amazon do not know those that it knows.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
  })
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { body?: unknown; headers: Record<string, string> }
      if (request.body instanceof Uint8Array) request.headers[CONTENT_HASH] ??= await sha256(request.body)
      return next(args)
    },
    { step: 'build', name: 'signBody' },
  )
  return client
}

/** The same request, sent as if its body had this hash: 64 hexadecimal digits. */
export function withContentHash(put: PutObjectCommand, hash: string): PutObjectCommand {
  put.middlewareStack.add(
    (next) => (args) => {
      ;(args.request as { headers: Record<string, string> }).headers[CONTENT_HASH] = hash
      return next(args)
    },
    { step: 'build', name: 'giveHash', priority: 'high' },
  )
  return put
}

/** In another thread: the one that asks sends other uploads meanwhile. */
async function sha256(body: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', body as Uint8Array<ArrayBuffer>)).toString('hex')
}
