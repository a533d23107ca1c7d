import type { Abortable } from '../../base/index.ts'
import type { TreeLoader } from '../../repository/index.ts'
import { TreeReader } from './tree-reader.ts'

/** The trees of the folders on the way down to where a walk is. */
export interface HeldTrees {
  /** Goes down into folders, whose trees are read side by side. Throws what loading them fails with; then it went nowhere. */
  enter(ids: readonly Buffer[]): Promise<HeldLevel>
  /**
   * Makes the readers of the last level stand where they stood, where they were let go of meanwhile: then it is to be
   * awaited, and fails as `enter` does.
   */
  comeBack(): Promise<void> | undefined
  /** Goes up from the last level. */
  leave(): void
}

/** Folders that are walked side by side. */
export interface HeldLevel {
  /** In the order in which their trees were named. To be asked for anew after `comeBack`. */
  readonly readers: readonly TreeReader[]
}

interface Level {
  readonly ids: readonly Buffer[]
  readonly bytes: number
  readers: readonly TreeReader[]
  /** Where the readers stood when they were let go of. */
  places: readonly number[] | undefined
}

/** Those of a hundred thousand files on the way down, or of a single folder whatever its size. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Holds a few megabytes of trees, however deep a walk goes: somebody may make a path of thousands of folders of a gibibyte,
 * in a few kilobytes. Beyond that the outermost level is let go of, and loaded again when the walk comes back to it; but
 * only if that costs no more than what was loaded below it: a folder of a million others is not loaded for each of them.
 */
export function createHeldTrees(trees: TreeLoader, options: Abortable = {}): HeldTrees {
  const levels: Level[] = []
  /** Levels above this one were let go of. */
  let outermost = 0
  let held = 0

  async function load(ids: readonly Buffer[]): Promise<{ readers: TreeReader[]; bytes: number }> {
    const readers: TreeReader[] = []
    let bytes = 0
    for (const id of ids) {
      const plain = await trees.load(id, options)
      readers.push(new TreeReader(plain, `Tree ${id.toString('hex')}`))
      bytes += plain.length
    }
    return { readers, bytes }
  }

  function letGo(): void {
    while (held > MOST_BYTES && outermost < levels.length - 1) {
      const level = levels[outermost]
      if (!level || level.bytes > held - level.bytes) return
      level.places = level.readers.map(({ rawStart }) => rawStart)
      level.readers = []
      held -= level.bytes
      outermost++
    }
  }

  async function loadAgain(level: Level, places: readonly number[]): Promise<void> {
    const { readers } = await load(level.ids)
    for (const [at, reader] of readers.entries()) if (places[at]) reader.goTo(places[at])
    level.readers = readers
    level.places = undefined
    held += level.bytes
    outermost = levels.length - 1
  }

  return {
    async enter(ids) {
      const level: Level = { ids, ...(await load(ids)), places: undefined }
      levels.push(level)
      held += level.bytes
      letGo()
      return level
    },
    comeBack() {
      const level = levels.at(-1)
      return level?.places && loadAgain(level, level.places)
    },
    leave() {
      const level = levels.pop()
      if (level && !level.places) held -= level.bytes
      outermost = Math.min(outermost, levels.length)
    },
  }
}
