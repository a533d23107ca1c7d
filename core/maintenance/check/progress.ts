import type { Clock } from '../../base/index.ts'

/** What a check does, in this order. `packs` only where data is read; `impact` only after damage. */
export type CheckPhase = 'documents' | 'index' | 'trees' | 'packs' | 'impact'

export interface CheckProgress {
  readonly phase: CheckPhase
  /** Index files, trees, packs or snapshots. */
  readonly done: number
  /** 0 while unknown. Of trees it is the most that there can be. */
  readonly total: number
  /** Bytes read in this phase; only of packs. */
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Bytes, or where there are none things, a second. */
  readonly rate: number
  /** Milliseconds until this phase ends, if it goes on like this; 0 while unknown. */
  readonly left: number
}

/** Counts what is done, and tells somebody some times a second. */
export interface ProgressMeter {
  begin(phase: CheckPhase, total: number, bytesTotal?: number): void
  add(done: number, bytes?: number): void
  stop(): void
}

const EVERY = 200

export function createProgressMeter(
  clock: Clock,
  onProgress: ((progress: CheckProgress) => void) | undefined,
): ProgressMeter {
  let state = { phase: 'documents' as CheckPhase, done: 0, total: 0, bytesDone: 0, bytesTotal: 0 }
  let since = clock.monotonic()

  function tell(): void {
    const { done, total, bytesDone, bytesTotal } = state
    const elapsed = Math.max(1, clock.monotonic() - since)
    const [part, whole] = bytesTotal > 0 ? [bytesDone, bytesTotal] : [done, total]
    const left = part > 0 ? Math.max(0, ((whole - part) / part) * elapsed) : 0
    onProgress?.({ ...state, rate: (part / elapsed) * 1000, left })
  }

  const timer = onProgress && setInterval(tell, EVERY)
  return {
    begin(phase, total, bytesTotal = 0) {
      if (state.done > 0) tell()
      state = { phase, done: 0, total, bytesDone: 0, bytesTotal }
      since = clock.monotonic()
    },
    add(done, bytes = 0) {
      state.done += done
      state.bytesDone += bytes
    },
    stop() {
      clearInterval(timer)
      tell()
    },
  }
}
