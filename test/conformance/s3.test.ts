import { afterAll, beforeAll, onTestFinished } from 'vitest'

import { openS3Note, openS3Storage, type Storage, withRetry } from '../../core/storage/index.ts'
import { type Ceph, startCeph } from '../support/ceph/start-ceph.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { describeNote } from './note.ts'
import { describeStorage } from './storage.ts'

describeWith(['ceph', 'ceph-mon', 'ceph-osd', 'radosgw'], 'in a real S3 store', () => {
  let ceph: Ceph
  beforeAll(async () => {
    ceph = await startCeph()
  })
  afterAll(() => ceph[Symbol.asyncDispose]())

  const open = async (prefix: string): Promise<Storage> => {
    const storage = openS3Storage({ ...(await ceph.makeBucket()), prefix }, ceph.user)
    onTestFinished(() => storage[Symbol.dispose]())
    return storage
  }
  describeStorage('S3', () => open('some/folder'))
  describeNote('S3', async () => {
    const location = { ...(await ceph.makeBucket()), prefix: 'some/folder' }
    return () => openS3Note(location, ceph.user, 'holdfast-owner')
  })
  describeStorage('S3 at the root of a bucket, with retry', async () => withRetry(await open('')))
})
