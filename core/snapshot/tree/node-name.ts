const SLASH = 0x2f
const DOT = 0x2e

/** Whether bytes `start` to `end` can name an entry of a folder: not empty, no `/`, no NUL, neither `.` nor `..`. */
export function isNodeName(bytes: Uint8Array, start: number, end: number): boolean {
  let dots = 0
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0
    if (byte === SLASH || byte === 0) return false
    if (byte === DOT) dots++
  }
  const length = end - start
  return length > 0 && (dots !== length || length > 2)
}

/** Orders two names as restic does: by the value of their bytes, the shorter first where one begins the other. */
export function compareNames(
  left: Uint8Array,
  leftStart: number,
  leftEnd: number,
  right: Uint8Array,
  rightStart: number,
  rightEnd: number,
): number {
  const leftLength = leftEnd - leftStart
  const rightLength = rightEnd - rightStart
  const common = Math.min(leftLength, rightLength)
  for (let i = 0; i < common; i++) {
    const difference = (left[leftStart + i] ?? 0) - (right[rightStart + i] ?? 0)
    if (difference !== 0) return difference
  }
  return leftLength - rightLength
}
