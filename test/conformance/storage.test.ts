import { describe, expect, it } from 'vitest'

import { openDirectoryStorage, openMemoryStorage, withReadonly, withRetry } from '../../core/storage/index.ts'
import { handle, temporaryFolder } from './fixture.ts'
import { describeReading } from './storage-reading.ts'
import { describeStorage } from './storage.ts'

describeStorage('directory', () => openDirectoryStorage(temporaryFolder()))
describeStorage('memory', () => openMemoryStorage())
describeStorage('memory with retry', () => withRetry(openMemoryStorage()))

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
