import type { VaultLocation } from '../../../core/contract/index.ts'

/** Where a vault is, for people, and for restic. */
export function placeText(location: VaultLocation): string {
  if (location.kind === 'directory') return location.path
  const { endpoint, bucket, prefix } = location
  return `s3:${endpoint}/${bucket}${prefix === '' ? '' : `/${prefix}`}`
}
