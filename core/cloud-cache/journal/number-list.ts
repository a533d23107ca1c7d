/** Whole numbers in their order as what each is more than the one before, seven bits a byte, the lowest first. */
export function packNumbers(sorted: readonly number[]): Uint8Array {
  const bytes: number[] = []
  let before = 0
  for (const number of sorted) {
    let step = number - before
    before = number
    for (; step >= 128; step = Math.floor(step / 128)) bytes.push((step % 128) + 128)
    bytes.push(step)
  }
  return Uint8Array.from(bytes)
}

export function unpackNumbers(bytes: Uint8Array): number[] {
  const numbers: number[] = []
  let before = 0
  let step = 0
  let scale = 1
  for (const byte of bytes) {
    step += (byte % 128) * scale
    if (byte >= 128) {
      scale *= 128
      continue
    }
    before += step
    numbers.push(before)
    step = 0
    scale = 1
  }
  return numbers
}
