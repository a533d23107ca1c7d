/** Where a repository lies in S3, or in a store that speaks its protocol. Holds no secret. */
export interface S3Location {
  /** Scheme, host and port: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  /** The folder in the bucket, without slashes at its ends; empty: the bucket itself. */
  readonly prefix: string
}

/** What proves who asks. */
export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** As restic writes it (restic's manual, "Amazon S3" and "S3-compatible Storage"). */
export function s3LocationText({ endpoint, bucket, prefix }: S3Location): string {
  return `s3:${endpoint}/${bucket}${prefix === '' ? '' : `/${prefix}`}`
}

/** Where AWS answers; its own names of buckets are host names, which others need not know. */
export function isAmazon({ endpoint }: S3Location): boolean {
  return new URL(endpoint).hostname.endsWith('.amazonaws.com')
}
