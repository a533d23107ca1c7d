import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

import { CoreError } from '../../../core/base/index.ts'
import { guardStorage, lockRepository, openRepository } from '../../../core/repository/index.ts'
import { changeStorage, openDirectoryStorage } from '../../../core/storage/index.ts'

// Locks the repository given first, shared or exclusive as given next, and obeys one command a line: `write` stores a
// snapshot's worth of bytes, `pack` a pack's, `release` ends. Answers each with a line: `done` or the code of the error.
// `late` and `late pack` do the same, say `writing`, and only begin when they were suspended meanwhile.

const [location = '', mode = '', password = ''] = process.argv.slice(2)
const storage = openDirectoryStorage(location)
await storage.prepare()
const repository = await openRepository(storage, password)

async function answer(work: () => Promise<void>): Promise<void> {
  try {
    await work()
    writeSync(1, 'done\n')
  } catch (error) {
    if (!(error instanceof CoreError)) throw error
    writeSync(1, `${error.code}\n`)
  }
}

let isLate = false
/** Passed every look at the lock, and then its process is suspended. */
const suspended = changeStorage(storage, {
  async save(handle, body, options) {
    if (isLate && handle.kind !== 'lock') {
      // A tick that took a second was none: the process was suspended.
      let tick = performance.now()
      writeSync(1, 'writing\n')
      while (performance.now() - tick < 1000) {
        tick = performance.now()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    await storage.save(handle, body, options)
  },
})

let written = 0
await answer(async () => {
  const lock = await lockRepository(repository, { exclusive: mode === 'exclusive' })
  const guarded = guardStorage(suspended, lock)
  await lock.confirm()
  writeSync(1, 'locked\n')
  for await (const command of createInterface({ input: process.stdin })) {
    if (command === 'release') break
    const body = Buffer.from(`${process.pid} ${written++}`)
    const name = createHash('sha256').update(body).digest('hex')
    isLate = command.startsWith('late')
    await answer(() => guarded.save({ kind: command.endsWith('pack') ? 'pack' : 'snapshot', name }, body))
  }
  await lock.release()
})
// An open standard input would keep this process alive.
process.stdin.destroy()
