import { createHash, randomFillSync } from 'node:crypto'
import { writeSync } from 'node:fs'
import { join } from 'node:path'

import { evict, openCacheStorage, openJournal } from '../../core/cloud-cache/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'

// Saves packs into the cache in the folder given, and has every third sent and evicted and every fourth removed, four at once,
// until it is killed. What became of each is printed once that was acknowledged.

const [, , folder = ''] = process.argv
const local = openDirectoryStorage(join(folder, 'cache', 'files'))
const cloud = openDirectoryStorage(join(folder, 'cloud'))
const journal = openJournal(join(folder, 'cache'))
const cache = openCacheStorage({ local, cloud, journal })

async function saveForever(): Promise<never> {
  for (let number = 0; ; number++) {
    const body = randomFillSync(new Uint8Array(50_000 + number))
    const name = createHash('sha256').update(body).digest('hex')
    const handle = { kind: 'pack', name } as const
    await cache.save(handle, body)
    writeSync(1, `saved ${name}\n`)
    if (number % 3 === 0) {
      journal.move(handle, 'uploading')
      await cloud.save(handle, body)
      journal.finishUpload(handle, true)
      journal.move(handle, 'verified')
      journal.files.markEvictable([name])
      await evict({ journal, local }, handle)
    }
    if (number % 4 === 0) {
      writeSync(1, `removing ${name}\n`)
      await cache.remove(handle)
      writeSync(1, `removed ${name}\n`)
    }
  }
}

await cloud.prepare()
await cache.prepare()
journal.abandonUploads()
await Promise.all([saveForever(), saveForever(), saveForever(), saveForever()])
