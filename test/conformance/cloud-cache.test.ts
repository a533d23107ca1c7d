import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { evict, openCacheStorage } from '../../core/cloud-cache/index.ts'
import { changeStorage, openDirectoryStorage, type Handle, type Storage } from '../../core/storage/index.ts'
import { journalIn } from '../support/cache-journal.ts'
import { temporaryFolder } from './fixture.ts'
import { describeStorage } from './storage.ts'

function openTiers() {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'cache'))
  const { journal } = journalIn(join(folder, 'cache'))
  const local = openDirectoryStorage(join(folder, 'cache', 'files'))
  const cloud = openDirectoryStorage(join(folder, 'cloud'))
  const cache = openCacheStorage({ local, cloud, journal })
  return { journal, local, cloud, cache }
}

describeStorage('cloud cache', () => openTiers().cache)

/** Uploads each pack as soon as it was saved, and evicts it, one after the other. */
function openEvicting(): Storage {
  const { journal, local, cloud, cache } = openTiers()
  let last = Promise.resolve()
  async function sendAway(handle: Handle, body: Uint8Array): Promise<void> {
    const state = journal.files.find(handle)?.state
    if (state === 'local') {
      journal.move(handle, 'uploading')
      await cloud.save(handle, body)
      if (!journal.finishUpload(handle, true)) return
      journal.move(handle, 'verified')
      journal.files.markEvictable([handle.name])
    }
    if (state === 'local' || state === 'verified') await evict({ journal, local }, handle)
  }
  return changeStorage(cache, {
    async prepare(options) {
      await cloud.prepare()
      await cache.prepare(options)
    },
    async save(handle, body, options) {
      await cache.save(handle, body, options)
      if (handle.kind === 'pack') await (last = last.then(() => sendAway(handle, body)))
    },
  })
}

describeStorage('cloud cache that evicts each pack', openEvicting)
