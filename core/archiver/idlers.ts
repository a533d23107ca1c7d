/**
 * Which workers have nothing to do: one word each, in shared memory. Whoever has work for another claims an idle worker
 * first, so two never hand work to the same one.
 */
export interface Idlers {
  /** This worker has nothing to do. */
  enter(worker: number): void
  /** This worker found something itself. False where somebody has claimed it meanwhile: then a task is on its way. */
  leave(worker: number): boolean
  /** Whether a worker other than `except` is idle at this moment. */
  isAnyIdle(except: number): boolean
  /** Claims an idle worker other than `except`; -1 where all are busy. */
  claim(except?: number): number
}

const IDLE = 1
const BUSY = 0

export function createIdlers(words: Int32Array): Idlers {
  return {
    enter: (worker) => void Atomics.store(words, worker, IDLE),
    leave: (worker) => Atomics.compareExchange(words, worker, IDLE, BUSY) === IDLE,
    isAnyIdle(except) {
      for (let worker = 0; worker < words.length; worker++) {
        if (worker !== except && Atomics.load(words, worker) === IDLE) return true
      }
      return false
    },
    claim: (except = -1) =>
      words.findIndex(
        (state, worker) =>
          state === IDLE && worker !== except && Atomics.compareExchange(words, worker, IDLE, BUSY) === IDLE,
      ),
  }
}
