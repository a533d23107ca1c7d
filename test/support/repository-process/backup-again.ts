import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { backUp } from '../../../core/archiver/index.ts'
import { guardStorage, listPresentPacks, lockRepository, openRepository } from '../../../core/repository/index.ts'
import { openDirectoryStorage } from '../../../core/storage/index.ts'
import { backupOptions } from '../backup-options.ts'

// Opens the repository given first, says `ready`, waits for a line, and then backs up the folder given next, again and
// again, until it is killed. The id of each snapshot is printed when, and only when, it was acknowledged.

const [location = '', folder = '', password = ''] = process.argv.slice(2)
const storage = openDirectoryStorage(location)
await storage.prepare()
const repository = await openRepository(storage, password)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
writeSync(1, 'ready\n')
await lines.next()

for (;;) {
  const presentPacks = listPresentPacks(storage)
  const lock = await lockRepository(repository, { exclusive: false })
  const guarded = repository.over(guardStorage(storage, lock))
  const { snapshot, missed } = await backUp(
    guarded,
    guarded.loadIndex({ presentPacks }),
    backupOptions(folder, { workers: 2, packBytes: 4 * 1024 * 1024, signal: lock.signal }),
  )
  if (missed.length > 0) throw new Error(`missed ${missed.map(({ reason }) => reason).join(', ')}`)
  await lock.release()
  writeSync(1, `snapshot ${snapshot ?? ''}\n`)
}
