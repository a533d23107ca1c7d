import { Interrupted } from './stopped.ts'

/** `npm run` hands a Ctrl-C on that the terminal has sent already: what comes so soon after is the same wish. */
const SAME_WISH = 500

export interface Interruption extends Disposable {
  /** Aborted with an `Interrupted` by SIGINT (Ctrl-C) and SIGTERM. */
  readonly signal: AbortSignal
}

/**
 * Listens for being asked to stop. The first time the work is to end cleanly. The second time the process ends at once:
 * what it leaves is an orphaned lock at most, which the next run finds to be nobody's.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined

  function quit(): void {
    clearTimeout(timer)
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }

  function stop(signalName: NodeJS.Signals): void {
    if (controller.signal.aborted) return
    if (process.stderr.isTTY) process.stderr.write('Stopping. Once more ends it at once.\n')
    timer = setTimeout(quit, SAME_WISH)
    timer.unref()
    controller.abort(new Interrupted(signalName))
  }

  process.on('SIGINT', stop).on('SIGTERM', stop)
  return { signal: controller.signal, [Symbol.dispose]: quit }
}
