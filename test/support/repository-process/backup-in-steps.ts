import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { backUp, type MissedPolicy } from '../../../core/archiver/index.ts'
import { openRepository } from '../../../core/repository/index.ts'
import { openDirectoryStorage } from '../../../core/storage/index.ts'
import { backupOptions } from '../backup-options.ts'
import { beforeSave } from '../storage-hook.ts'

// Backs up the folder given second into the repository given first, with the policy for missed files given last. When
// everything was looked at once it says `looked` and waits for a line. At the end it prints the result as JSON.

const [location = '', folder = '', password = '', missed = ''] = process.argv.slice(2)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
let hasLooked = false

// An index is stored only once all workers have ended.
const storage = beforeSave(openDirectoryStorage(location), async ({ kind }) => {
  if (kind !== 'index' || hasLooked) return
  hasLooked = true
  writeSync(1, 'looked\n')
  await lines.next()
})
const repository = await openRepository(storage, password)
const result = await backUp(
  repository,
  repository.loadIndex({ purpose: 'refer' }),
  backupOptions(folder, { workers: 2, missed: missed as MissedPolicy }),
)
const files = result.missed.map(({ kind, reason, path }) => ({ kind, reason, path: Buffer.from(path).toString() }))
writeSync(1, `${JSON.stringify({ snapshot: result.snapshot, figures: result.figures, missed: files })}\n`)
process.stdin.destroy()
