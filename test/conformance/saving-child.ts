import { createHash, randomFillSync, randomInt } from 'node:crypto'
import { writeSync } from 'node:fs'

import { openDirectoryStorage } from '../../core/storage/index.ts'

// Saves files named by their SHA-256 into the directory given, four at once, until it is killed. Each name is printed
// when, and only when, its save has resolved.

const storage = openDirectoryStorage(process.argv[2] ?? '')
await storage.prepare()

async function saveForever(kind: 'pack' | 'snapshot', mostBytes: number): Promise<never> {
  for (;;) {
    const body = randomFillSync(new Uint8Array(randomInt(mostBytes)))
    const name = createHash('sha256').update(body).digest('hex')
    await storage.save({ kind, name }, body)
    writeSync(1, `${kind} ${name}\n`)
  }
}

await Promise.all([
  saveForever('pack', 4_000_000),
  saveForever('pack', 4_000_000),
  saveForever('pack', 100_000),
  saveForever('snapshot', 500),
])
