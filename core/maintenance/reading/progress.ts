import type { Clock } from '../../base/index.ts'

/** How far a phase of some work has come. */
export interface Progress<Phase extends string> {
  readonly phase: Phase
  /** Index files, trees, packs, snapshots: whatever the phase deals with. */
  readonly done: number
  /** 0 while unknown. Of trees it is the most that there can be. */
  readonly total: number
  /** Bytes dealt with in this phase; only where it is known how many there are. */
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Folders read for what the phase deals with, where nobody knows how many there are; 0 where they are not counted. */
  readonly folders: number
  /** Bytes, folders where they are counted, or things: a second. */
  readonly rate: number
  /** Milliseconds until this phase ends, if it goes on like this; 0 while unknown. */
  readonly left: number
}

/** Counts what is done, and tells somebody some times a second. */
export interface ProgressMeter<Phase extends string> {
  begin(phase: Phase, total: number, bytesTotal?: number): void
  add(done: number, bytes?: number): void
  addFolder(): void
  stop(): void
}

const EVERY = 200

export function createProgressMeter<Phase extends string>(
  first: Phase,
  clock: Clock,
  onProgress: ((progress: Progress<Phase>) => void) | undefined,
): ProgressMeter<Phase> {
  let state = { phase: first, done: 0, total: 0, bytesDone: 0, bytesTotal: 0, folders: 0 }
  let since = clock.monotonic()

  function tell(): void {
    const { done, total, bytesDone, bytesTotal, folders } = state
    const elapsed = Math.max(1, clock.monotonic() - since)
    const [part, whole] = bytesTotal > 0 ? [bytesDone, bytesTotal] : [done, total]
    const left = part > 0 ? Math.max(0, ((whole - part) / part) * elapsed) : 0
    onProgress?.({ ...state, rate: ((folders || part) / elapsed) * 1000, left })
  }

  const timer = onProgress && setInterval(tell, EVERY)
  return {
    begin(phase, total, bytesTotal = 0) {
      if (state.done > 0) tell()
      state = { phase, done: 0, total, bytesDone: 0, bytesTotal, folders: 0 }
      since = clock.monotonic()
    },
    add(done, bytes = 0) {
      state.done += done
      state.bytesDone += bytes
    },
    addFolder() {
      state.folders++
    },
    stop() {
      clearInterval(timer)
      tell()
    },
  }
}
