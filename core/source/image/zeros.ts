const WORD = 64

/** Whether there are only zeros. Data is told from them by its first bytes, as a rule. */
export function isZeros(bytes: Buffer): boolean {
  const head = Math.min(WORD, bytes.length)
  for (let at = 0; at < head; at++) if (bytes[at] !== 0) return false
  // Each byte is what the one so many before it is: no second memory has to be read beside.
  return bytes.length <= WORD || bytes.subarray(WORD).compare(bytes, 0, bytes.length - WORD) === 0
}
