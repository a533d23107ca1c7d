import { BELL, STOPPED } from './shared-pipeline.ts'

/** Thrown inside a worker when the pipeline was stopped; whoever stopped it knows why. */
export class PipelineStopped extends Error {
  override readonly name = 'PipelineStopped'
}

/** The one thing that sleeping workers sleep on. */
export interface Bell {
  /** Wakes every sleeper, to look again. */
  ring(): void
  /** Sleeps until `isReady`; meanwhile does `other` work as long as that says there was some. Not on the main thread. */
  waitUntil(isReady: () => boolean, other?: () => boolean): void
  /** Makes every worker give up at its next look. */
  stop(): void
  readonly isStopped: boolean
  throwIfStopped(): void
}

export function createBell(control: Int32Array): Bell {
  function isStopped(): boolean {
    return Atomics.load(control, STOPPED) !== 0
  }
  function throwIfStopped(): void {
    if (isStopped()) throw new PipelineStopped('the pipeline was stopped')
  }
  function ring(): void {
    Atomics.add(control, BELL, 1)
    Atomics.notify(control, BELL)
  }
  return {
    ring,
    waitUntil(isReady, other) {
      for (;;) {
        const rung = Atomics.load(control, BELL)
        throwIfStopped()
        if (isReady()) return
        if (!other?.()) Atomics.wait(control, BELL, rung)
      }
    },
    stop() {
      Atomics.store(control, STOPPED, 1)
      ring()
    },
    get isStopped() {
      return isStopped()
    },
    throwIfStopped,
  }
}
