import type { S3Credentials, VaultLocation } from '../../../core/contract/index.ts'

/** What somebody fills in to say where a vault is to be. What belongs to the other kind stays while he looks at this one. */
export interface PlaceDraft {
  kind: VaultLocation['kind']
  path: string
  endpoint: string
  region: string
  bucket: string
  prefix: string
  accessKeyId: string
  secretAccessKey: string
}

export function newPlaceDraft(path: string): PlaceDraft {
  return {
    kind: 'directory',
    path,
    endpoint: '',
    region: '',
    bucket: '',
    prefix: '',
    accessKeyId: '',
    secretAccessKey: '',
  }
}

/** The draft as the appliance takes it. A region that nobody named is what stores without regions are called by. */
export function placeOfDraft(draft: PlaceDraft): { location: VaultLocation; credentials?: S3Credentials } {
  if (draft.kind === 'directory') return { location: { kind: 'directory', path: draft.path.trim() } }
  return {
    location: {
      kind: 's3',
      endpoint: draft.endpoint.trim(),
      region: draft.region.trim() === '' ? 'us-east-1' : draft.region.trim(),
      bucket: draft.bucket.trim(),
      prefix: draft.prefix.trim(),
    },
    credentials: { accessKeyId: draft.accessKeyId.trim(), secretAccessKey: draft.secretAccessKey.trim() },
  }
}
