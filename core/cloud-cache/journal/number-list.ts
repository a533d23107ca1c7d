import { createNumberReader, createNumberWriter } from '../../base/index.ts'

/** Numbers in their order, as what each is more than the one before: those of packs that were stored together take a byte each. */
export function packNumbers(sorted: Iterable<number>): Uint8Array {
  const writer = createNumberWriter()
  let before = 0
  for (const number of sorted) {
    writer.write(number - before)
    before = number
  }
  return writer.take()
}

/** Calls `use` with each of them, in their order. */
export function eachNumber(bytes: Uint8Array, use: (number: number) => void): void {
  const reader = createNumberReader(bytes)
  let number = 0
  while (reader.at < bytes.length) {
    number += reader.next()
    use(number)
  }
}
