import type { PackBytes } from './pack-loader.ts'

/** Trees that lie in one pack, to be read, and those below them as far as they lie in the same bytes. */
export interface TreesJob extends PackBytes {
  readonly pack: number
  readonly entries: Uint32Array
}

export interface UnreadableTree {
  readonly entry: number
  readonly reason: string
}

/** What became of the trees of a job. */
export interface TreesRead {
  /** Trees read. */
  readonly trees: number
  /** Trees found below those, that nobody has visited yet and that lie elsewhere. */
  readonly elsewhere: Uint32Array
  /** Copies of trees that cannot be read. */
  readonly unreadable: readonly UnreadableTree[]
}
