import { describe, expect, it } from 'vitest'

import { bucketOfArgument, isBucketArgument } from '../../../../core/cli/place-argument.ts'

const KEY = { AWS_ACCESS_KEY_ID: 'AK', AWS_SECRET_ACCESS_KEY: 'SK' }

function region(more: Record<string, string>): string {
  return bucketOfArgument('s3:https://s3.example.com/bucket', { ...KEY, ...more }).location.region
}

describe('a place in S3 on the command line', () => {
  it.each([
    ['s3:https://s3.example.com/bucket', 'https://s3.example.com', 'bucket', ''],
    ['s3:https://s3.example.com/bucket/', 'https://s3.example.com', 'bucket', ''],
    ['s3:http://127.0.0.1:9000/bucket/a/b', 'http://127.0.0.1:9000', 'bucket', 'a/b'],
    ['s3:s3.amazonaws.com/bucket/a', 'https://s3.amazonaws.com', 'bucket', 'a'],
    ['s3://s3.amazonaws.com/bucket/a%20b', 'https://s3.amazonaws.com', 'bucket', 'a b'],
  ])('is read as restic reads it: %s', (argument, endpoint, bucket, prefix) => {
    expect(isBucketArgument(argument)).toBe(true)
    expect(bucketOfArgument(argument, KEY)).toEqual({
      location: { kind: 's3', endpoint, region: 'us-east-1', bucket, prefix },
      credentials: { accessKeyId: 'AK', secretAccessKey: 'SK' },
    })
  })

  it('has its region from the environment', () => {
    expect(region({ AWS_DEFAULT_REGION: 'eu-central-1' })).toBe('eu-central-1')
    expect(region({ AWS_DEFAULT_REGION: 'eu-central-1', AWS_REGION: 'eu-west-1' })).toBe('eu-west-1')
  })

  it.each([
    's3:',
    's3:https://s3.example.com',
    's3:https://s3.example.com/',
    's3:https://name:hush@s3.example.com/bucket',
    's3:https://s3.example.com/bucket?x=1',
  ])('is refused, and not repeated, where it is none or holds a secret: %s', (argument) => {
    const refused = (): unknown => bucketOfArgument(argument, KEY)
    expect(refused).toThrow('That is no place in S3')
    expect(refused).not.toThrow('hush')
  })

  it.each([{}, { AWS_ACCESS_KEY_ID: 'AK' }, { ...KEY, AWS_SECRET_ACCESS_KEY: '' }])(
    'wants its access key from the environment, where nobody else sees it: %j',
    (environment) => {
      expect(() => bucketOfArgument('s3:https://s3.example.com/bucket', environment)).toThrow('needs an access key')
    },
  )
})
