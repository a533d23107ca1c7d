import type { MissedFile } from './messages.ts'

/** What was missed, each thing once: several workers may meet what excludes a large folder, and cannot be read. */
export interface MissedList {
  /** The first of them: a source may hold millions of files that nobody may read. */
  readonly files: readonly MissedFile[]
  readonly count: number
  /** How many of them were stored, but changed while they were read. */
  readonly changed: number
  /** Whether there is one that may be read a while later. */
  readonly isWorthTrying: boolean
  readonly add: (file: MissedFile) => void
}

/** How many are kept, and how many are remembered in order to know what comes twice, which it does soon. */
export const MOST_KEPT = 1000

/** `also` hears of each, as it comes. */
export function createMissedList(also: (file: MissedFile) => void = () => undefined): MissedList {
  const files: MissedFile[] = []
  const known = new Set<string>()
  let count = 0
  let changed = 0
  let isWorthTrying = false
  return {
    files,
    get count() {
      return count
    },
    get changed() {
      return changed
    },
    get isWorthTrying() {
      return isWorthTrying
    },
    add(file) {
      const key = `${file.kind} ${file.reason} ${Buffer.from(file.path).latin1Slice()}`
      if (known.has(key)) return
      known.add(key)
      for (const oldest of known) {
        if (known.size <= MOST_KEPT) break
        known.delete(oldest)
      }
      count++
      if (file.kind === 'changed') changed++
      isWorthTrying ||= mayPass(file)
      if (files.length < MOST_KEPT) files.push(file)
      also(file)
    },
  }
}

/** A locked file may be free by now; a name stays what it is. */
function mayPass({ kind }: MissedFile): boolean {
  return kind === 'unreadable' || kind === 'changed'
}
