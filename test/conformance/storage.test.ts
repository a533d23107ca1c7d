import { describe, expect, it, onTestFinished } from 'vitest'

import { guardStorage, lockRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage, openMemoryStorage, withReadonly, withRetry } from '../../core/storage/index.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { handle, temporaryFolder } from './fixture.ts'
import { describeReading } from './storage-reading.ts'
import { describeStorage } from './storage.ts'

describeStorage('directory', () => openDirectoryStorage(temporaryFolder()))
describeStorage('memory', () => openMemoryStorage())
describeStorage('directory with retry', () => withRetry(openDirectoryStorage(temporaryFolder())))
describeStorage('memory with retry', () => withRetry(openMemoryStorage()))

const made = await makeRepositories()
describeStorage('memory guarded by a lock', async () => {
  // The lock is elsewhere: among what is stored here it would be found by tests.
  const lock = await lockRepository(made(), { exclusive: false })
  onTestFinished(() => lock.release())
  return guardStorage(openMemoryStorage(), lock)
})

describeReading('directory made readonly', async () => {
  const writer = openDirectoryStorage(temporaryFolder())
  await writer.prepare()
  return { storage: withReadonly(writer), writer }
})
describeReading('memory made readonly', async () => {
  const writer = openMemoryStorage()
  return { storage: withReadonly(writer), writer }
})

describe('a storage made readonly', () => {
  it('refuses to prepare, to save and to remove, and says so', async () => {
    const storage = withReadonly(openMemoryStorage())
    const failure = { code: 'storage/readonly', retryable: false }
    await expect(storage.prepare()).rejects.toMatchObject(failure)
    await expect(storage.save(handle('key', 1), new Uint8Array(1))).rejects.toMatchObject(failure)
    await expect(storage.remove(handle('key', 1))).rejects.toMatchObject(failure)
  })
})
