import { join } from 'node:path'

import { openJournal, syncCache } from '../../core/cloud-cache/index.ts'
import { openDirectoryStorage, openS3Storage, type S3Credentials, type S3Location } from '../../core/storage/index.ts'

// One sync of a cache in a process of its own, as HOLDFAST_SYNC asks for it. Tells when it begins.
const { cache, location, credentials } = JSON.parse(process.env['HOLDFAST_SYNC'] ?? '') as {
  readonly cache: string
  readonly location: S3Location
  readonly credentials: S3Credentials
}
const journal = openJournal(cache)
using cloud = openS3Storage(location, credentials)
process.stdout.write('begins\n')
const { damaged } = await syncCache({ journal, local: openDirectoryStorage(join(cache, 'files')), cloud })
journal.close()
if (damaged.length > 0) throw new Error('not all of it was sent')
