import { CoreError } from '../base/index.ts'
import { type S3Credentials, s3LocationText } from '../storage/index.ts'
import type { VaultLocation } from '../vault/index.ts'

/** A place as it is given to a command, and what it takes to get in. */
export interface GivenPlace {
  readonly location: VaultLocation
  readonly credentials: S3Credentials | undefined
}

/** Whether an argument is a place in S3, as restic writes it. */
export function isBucketArgument(argument: string): boolean {
  return argument.startsWith('s3:')
}

/**
 * A place in S3 from `s3:https://HOST/BUCKET/FOLDER`, with the region and the access key in the environment, as all
 * programs for S3 take them. A key on the command line would be seen by everybody on the computer.
 */
export function bucketOfArgument(
  argument: string,
  environment: Readonly<Record<string, string | undefined>>,
): GivenPlace & { readonly location: VaultLocation & { readonly kind: 's3' }; readonly credentials: S3Credentials } {
  const text = argument.slice('s3:'.length)
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `https://${text.replace(/^\/+/, '')}`)
  const [bucket = '', ...folders] = url === null ? [] : url.pathname.split('/').slice(1)
  if (url === null || bucket === '' || url.username !== '' || url.password !== '' || url.search !== '')
    throw unreadable()
  return {
    location: {
      kind: 's3',
      endpoint: url.origin,
      region: environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1',
      bucket: decodeURIComponent(bucket),
      prefix: decodeURIComponent(folders.join('/')).replace(/^\/+|\/+$/g, ''),
    },
    credentials: credentialsIn(environment),
  }
}

/** Throws `input/invalid`. */
export function credentialsIn(environment: Readonly<Record<string, string | undefined>>): S3Credentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  if (accessKeyId !== undefined && accessKeyId !== '' && secretAccessKey !== undefined && secretAccessKey !== '')
    return { accessKeyId, secretAccessKey }
  throw new CoreError('input/invalid', 'A place in S3 needs an access key.', {
    safety: 'Nothing was changed.',
    remedy:
      'Put it into the environment: `read -r AWS_ACCESS_KEY_ID; read -rs AWS_SECRET_ACCESS_KEY; export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY`.',
  })
}

/** It may hold a password: it is not repeated. */
function unreadable(): CoreError {
  const example = s3LocationText({
    endpoint: 'https://s3.example.com',
    region: '',
    bucket: 'BUCKET',
    prefix: 'FOLDER',
  })
  return new CoreError('input/invalid', `That is no place in S3: it is written ${example}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Give the endpoint, the bucket and perhaps a folder. The access key comes from the environment.',
  })
}
