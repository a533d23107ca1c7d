import type { MissedFile } from './messages.ts'

/** What was missed, each thing once: several workers may meet what excludes a large folder, and cannot be read. */
export interface MissedList {
  readonly files: readonly MissedFile[]
  readonly add: (file: MissedFile) => void
}

export function createMissedList(): MissedList {
  const files: MissedFile[] = []
  const known = new Set<string>()
  return {
    files,
    add(file) {
      const key = `${file.kind} ${file.reason} ${Buffer.from(file.path).latin1Slice()}`
      if (known.has(key)) return
      known.add(key)
      files.push(file)
    },
  }
}
