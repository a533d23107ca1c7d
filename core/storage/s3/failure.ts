import { S3ServiceException } from '@aws-sdk/client-s3'

import { CoreError, type ErrorCode, reasonOf, systemCode } from '../../base/index.ts'
import { describeHandle, handleContext } from '../handle.ts'
import { notFound } from '../refusal.ts'
import type { Handle } from '../storage.ts'

/** What was being done when a request failed. */
export interface S3Attempt {
  readonly action: 'store' | 'read' | 'remove' | 'list'
  /** The file, or for `list` what the message should call it. */
  readonly object: Handle | string
  readonly location: string
}

interface Meaning {
  readonly code: ErrorCode
  readonly reason: string
  readonly remedy: string
  readonly retryable?: boolean
}

const CHECK_KEY = 'Check the access key and its secret, and give them to the vault anew.'

/** By the code of S3's answer (Amazon S3 API Reference, "Error responses"; Ceph's own are said so). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: {
    code: 'storage/unreachable',
    reason: 'there is no such bucket',
    remedy: 'Check the name of the bucket and the endpoint; if it was removed, its provider may bring it back.',
  },
  AccessDenied: {
    code: 'storage/refused',
    reason: 'the access key is not allowed to do that',
    remedy: 'Allow it GetObject, PutObject, DeleteObject and ListBucket for this bucket and folder.',
  },
  InvalidAccessKeyId: { code: 'storage/refused', reason: 'the access key is not known there', remedy: CHECK_KEY },
  SignatureDoesNotMatch: {
    code: 'storage/refused',
    reason: 'the secret does not belong to the access key',
    remedy: CHECK_KEY,
  },
  ExpiredToken: { code: 'storage/refused', reason: 'the access key has expired', remedy: CHECK_KEY },
  InvalidToken: { code: 'storage/refused', reason: 'the access key is not valid any more', remedy: CHECK_KEY },
  UserSuspended: { code: 'storage/refused', reason: 'the user of the access key is suspended', remedy: CHECK_KEY },
  RequestTimeTooSkewed: {
    code: 'storage/refused',
    reason: 'the clock of this computer and that of the storage are too far apart',
    remedy: 'Set the clock of this computer by a time server.',
  },
  InvalidObjectState: {
    code: 'storage/refused',
    reason: 'it was moved to an archive, from which it has to be brought back first',
    remedy: 'Have the provider restore the object, and end the rule that moves objects of this bucket to an archive.',
  },
  // Ceph.
  QuotaExceeded: {
    code: 'storage/full',
    reason: 'the quota of the bucket or of its user is used up',
    remedy: 'Raise the quota, or remove what is not needed any more; then run this again.',
  },
  // Others answer with the name of the status (RFC 4918, section 11.5).
  InsufficientStorage: {
    code: 'storage/full',
    reason: 'the storage is full',
    remedy: 'Make room there; then run this again.',
  },
  PermanentRedirect: {
    code: 'storage/refused',
    reason: 'the bucket is in another region',
    remedy: 'Give the region that the bucket is in, and its endpoint.',
  },
  AuthorizationHeaderMalformed: {
    code: 'storage/refused',
    reason: 'the bucket is in another region',
    remedy: 'Give the region that the bucket is in, and its endpoint.',
  },
  BadDigest: damagedOnTheWay(),
  XAmzContentSHA256Mismatch: damagedOnTheWay(),
}

function damagedOnTheWay(): Meaning {
  return {
    code: 'storage/unreachable',
    reason: 'it arrived damaged and was not kept',
    remedy: 'Try again; if it stays so, look for a proxy or a network card on the way that changes data.',
    retryable: true,
  }
}

const UNTRUSTED: Meaning = {
  code: 'storage/refused',
  reason: 'its certificate is not trusted here',
  remedy: 'Install the certificate of the authority that signed it on this computer; never turn the check off.',
}

/** The `CoreError` for a failed request. What is none of the network's or of S3's is given back as it is. */
export function explainS3(error: unknown, attempt: S3Attempt, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) return signal.reason
  if (error instanceof CoreError) return error
  if (isMissing(error) && typeof attempt.object !== 'string' && attempt.action !== 'store')
    return notFound(attempt.object, attempt.location, error)
  const meaning = meaningOf(error)
  return meaning === undefined ? error : failed(meaning, error, attempt)
}

/** Whether there is no such object. A HEAD has no body, and its answer no code: a 404 of the bucket looks the same. */
export function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound')
}

/** Whether a condition of the request did not hold: something is there already. */
export function isConditionFailed(error: unknown): boolean {
  return statusOf(error) === 412
}

/** Whether what arrived has another SHA-256 than was said. */
export function isOtherHash(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === 'XAmzContentSHA256Mismatch'
}

/** Whether a range was wanted of which the object has nothing. */
export function isBeyondEnd(error: unknown): boolean {
  return statusOf(error) === 416
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
}

function meaningOf(error: unknown): Meaning | undefined {
  if (error instanceof S3ServiceException) return MEANINGS[error.name] ?? meaningOfStatus(error)
  const code = systemCode(error)
  if (code !== undefined && isUntrusted(code)) return UNTRUSTED
  // What is neither S3's nor the system's is a connection that ended, or an answer that nobody can read.
  if (error instanceof Error && !(error instanceof RangeError)) return unreachable(code ?? reasonOf(error))
  return undefined
}

function isUntrusted(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)
}

function meaningOfStatus(error: S3ServiceException): Meaning {
  const status = statusOf(error)
  if (status === 507) return MEANINGS['InsufficientStorage'] ?? unreachable('507')
  if (status === 401 || status === 403)
    return { code: 'storage/refused', reason: `it refused (${error.name})`, remedy: CHECK_KEY }
  const isItsOwnMatter = status === undefined || status >= 500 || status === 408 || status === 409 || status === 429
  if (isItsOwnMatter) return unreachable(`it answered ${error.name}${status === undefined ? '' : ` (${status})`}`)
  return {
    code: 'storage/refused',
    reason: `it answered ${error.name} (${status})`,
    remedy: 'Check endpoint, region, bucket and folder; look at the log of the storage.',
  }
}

function unreachable(reason: string): Meaning {
  return {
    code: 'storage/unreachable',
    reason,
    remedy: 'Try again; if it stays so, check the network, the endpoint, and whether the storage has a disturbance.',
    retryable: true,
  }
}

function failed({ code, reason, remedy, retryable }: Meaning, cause: unknown, attempt: S3Attempt): CoreError {
  const { action, object, location } = attempt
  const name = typeof object === 'string' ? object : describeHandle(object)
  return new CoreError(code, `Cannot ${action} ${name} in ${location}: ${reason}`, {
    cause,
    safety: action === 'store' || action === 'remove' ? 'What was stored before is unharmed.' : 'Nothing was changed.',
    remedy,
    ...(retryable === undefined ? {} : { retryable }),
    context: typeof object === 'string' ? { location } : handleContext(object, location),
  })
}
