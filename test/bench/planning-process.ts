import { openJournal, syncCache } from '../../core/cloud-cache/index.ts'
import { changeStorage, openMemoryStorage } from '../../core/storage/index.ts'

// A sync of the journal in the folder that it is given, from and to storages that hold nothing: what is left is what the
// journal and the planning cost. Tells the seconds of each tenth.
const [folder = '', packs = '0'] = process.argv.slice(2)
const journal = openJournal(folder)
const nothing = new Uint8Array()
const storage = changeStorage(openMemoryStorage(), {
  connections: 8,
  save: async () => undefined,
  load: async () => nothing,
  stat: async ({ name }) => ({ name, size: 0 }),
})
const tenth = Number(packs) / 10
let since = performance.now()
const { files } = await syncCache({
  journal,
  local: storage,
  cloud: storage,
  onProgress({ files: done }) {
    if (done % tenth !== 0) return
    process.stdout.write(`${(performance.now() - since) / 1000}\n`)
    since = performance.now()
  },
})
journal.close()
if (files !== Number(packs)) throw new Error(`it has sent ${files}`)
