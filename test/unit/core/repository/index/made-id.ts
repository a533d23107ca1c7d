/** Writes an id that looks random, and is another one for every number, into `target` (32 bytes). */
export function writeMadeId(number: number, target: Buffer): Buffer {
  let state = (number + 1) | 0
  for (let at = 0; at < 28; at += 4) {
    state = Math.imul(state ^ (state >>> 16), 0x45d9f3b) + at
    state ^= state >>> 15
    target.writeInt32LE(state, at)
  }
  // Mixing may bring two numbers together, this cannot.
  target.writeUInt32LE(number, 28)
  return target
}
