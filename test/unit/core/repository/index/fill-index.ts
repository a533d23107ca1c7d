import { createBlobIndex } from '../../../../../core/repository/index/blob-index.ts'
import { writeMadeId } from './made-id.ts'

// Lists as many blobs as the first argument says, in an index that expects as many as the second says, and prints how
// much memory that took and how many of them it finds again.

const blobs = Number(process.argv[2])
const id = Buffer.alloc(32)
const rss = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

// What the first calls take, they take once.
const small = createBlobIndex()
for (let number = 0; number < 20_000; number++) small.place(small.claim('data', writeMadeId(number, id)), 0, 0, 1, 2)

const before = rss()
const index = createBlobIndex(Number(process.argv[3]))
for (let number = 0; number < blobs; number++) {
  index.place(index.claim('data', writeMadeId(number, id)), number & 0xffff, number, 1, 2)
}
const bytes = rss() - before
let found = 0
for (let number = 0; number < blobs; number += 7) {
  const entry = index.find('data', writeMadeId(number, id))
  if (entry >= 0 && index.locate(entry).offset === number) found++
}
const strangers = index.find('data', writeMadeId(blobs + 1, id)) + index.find('tree', writeMadeId(1, id))
process.stdout.write(JSON.stringify({ bytes, count: index.count, found, strangers }))
