import type { StoredSnapshot } from '../../../snapshot/index.ts'
import type { Output } from '../../output.ts'
import { ByteLines } from '../text/byte-lines.ts'

/** What stands before, between and behind what was found in a snapshot. */
export interface FindLayout {
  head(lines: ByteLines, snapshot: StoredSnapshot, isFirst: boolean): void
  readonly between: string
  tail(lines: ByteLines, snapshot: StoredSnapshot, hits: number): void
}

/** Tells what is found, one snapshot after the other. */
export interface FindReport {
  readonly hits: number
  readonly snapshotsWithHits: number
  /** Warnings so far. */
  readonly problems: number
  begin(snapshot: StoredSnapshot): void
  found(write: (lines: ByteLines, snapshot: StoredSnapshot) => void): void
  /** Of something in the snapshot. */
  warn(text: string): void
  pause(): Promise<void> | undefined
  /** All of the snapshot was searched. */
  end(): Promise<void>
}

export function createFindReport(output: Output, layout: FindLayout, signal: AbortSignal): FindReport {
  const lines = new ByteLines()
  const warnings: string[] = []
  let current: StoredSnapshot | undefined
  let hits = 0
  let hitsBefore = 0
  let snapshotsWithHits = 0
  let problems = 0

  return {
    get hits() {
      return hits
    },
    get snapshotsWithHits() {
      return snapshotsWithHits
    },
    get problems() {
      return problems
    },
    begin(snapshot) {
      current = snapshot
      hitsBefore = hits
    },
    found(write) {
      if (!current) return
      if (hits === hitsBefore) layout.head(lines, current, ++snapshotsWithHits === 1)
      else lines.ascii(layout.between)
      hits++
      write(lines, current)
    },
    warn(problem) {
      problems++
      const text = `In snapshot ${current?.id.slice(0, 8) ?? ''}, ${problem}`
      // For programs it is a line of its own, which must not stand within another.
      if (output.json && hits > hitsBefore) warnings.push(text)
      else output.warn(text)
    },
    pause: () => (lines.isFull ? output.write(lines.take(), { signal }) : undefined),
    async end() {
      if (current && hits > hitsBefore) layout.tail(lines, current, hits - hitsBefore)
      await output.write(lines.take(), { signal })
      for (const text of warnings.splice(0)) output.warn(text)
    },
  }
}
